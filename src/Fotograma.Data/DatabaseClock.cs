using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fotograma.Data;

/// <summary>
/// The clock that leases and due times go by: the one of the database, because machines that share it do not share theirs. An SQLite file belongs to this process, and
/// so does its clock.
/// </summary>
/// <param name="process">This process's clock.</param>
/// <param name="postgres">How PostgreSQL is asked.</param>
public sealed class DatabaseClock(TimeProvider process, PostgresTime postgres)
{
    private readonly string question = $"SELECT {postgres.Milliseconds}";

    /// <summary>The time by the clock of the context's database, to the millisecond.</summary>
    public async ValueTask<DateTimeOffset> NowAsync(DbContext db, CancellationToken cancellation) => db.Database.IsNpgsql()
        ? DateTimeOffset.FromUnixTimeMilliseconds(await AskAsync(db, cancellation))
        : process.GetUtcNow();

    private async Task<long> AskAsync(DbContext db, CancellationToken cancellation)
    {
        await db.Database.OpenConnectionAsync(cancellation);
        try
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // The expression is the program's own.
            command.CommandText = question;
#pragma warning restore CA2100
            command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
            return (long)(await command.ExecuteScalarAsync(cancellation))!;
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }
}

/// <summary>How PostgreSQL is asked for the time.</summary>
/// <param name="Milliseconds">An expression: Unix milliseconds, as <c>bigint</c>.</param>
public sealed record PostgresTime(string Milliseconds)
{
    /// <summary>The database's clock, which goes on within a transaction.</summary>
    public static PostgresTime Clock { get; } = new("(extract(epoch FROM clock_timestamp()) * 1000)::bigint");
}
