using Microsoft.EntityFrameworkCore;

namespace Fotograma.Data;

/// <summary>
/// The clock that leases and due times go by: the one of the database, because machines that share it do not share theirs. An SQLite file belongs to this process, and
/// so does its clock.
/// </summary>
/// <param name="process">This process's clock.</param>
/// <param name="postgres">How PostgreSQL is asked.</param>
public sealed class DatabaseClock(TimeProvider process, PostgresTime postgres)
{
    private readonly string question = $"SELECT {postgres.Milliseconds} AS \"Value\"";

    /// <summary>The time by the clock of the context's database, to the millisecond.</summary>
    public async ValueTask<DateTimeOffset> NowAsync(DbContext db, CancellationToken cancellation) => db.Database.IsNpgsql()
        ? DateTimeOffset.FromUnixTimeMilliseconds(await db.Database.SqlQueryRaw<long>(question).SingleAsync(cancellation))
        : process.GetUtcNow();
}

/// <summary>How PostgreSQL is asked for the time.</summary>
/// <param name="Milliseconds">An expression: Unix milliseconds, as <c>bigint</c>.</param>
public sealed record PostgresTime(string Milliseconds)
{
    /// <summary>The database's clock, which goes on within a transaction.</summary>
    public static PostgresTime Clock { get; } = new("(extract(epoch FROM clock_timestamp()) * 1000)::bigint");
}
