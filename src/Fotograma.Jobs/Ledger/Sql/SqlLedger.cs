using System.Data.Common;
using System.Globalization;
using Fotograma.Data;
using Fotograma.Jobs.Trash;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>
/// What the ledger's databases have in common: everything but how a job is claimed, and what one of them says in fewer words. The writes are right at
/// the isolation level "read committed": each either changes rows by a condition that the database checks again when it had to wait for a lock, or locks the
/// video's row first.
/// </summary>
/// <param name="databases">Where the rows are.</param>
/// <param name="clock">The time that goes into a statement of EF Core.</param>
/// <param name="now">The time within a statement: an expression, in Unix milliseconds.</param>
internal abstract partial class SqlLedger(IDbContextFactory<LedgerDb> databases, DatabaseClock clock, string now)
{
    public async Task<IReadOnlyList<TrashedPrefix>> TrashDueAsync(int limit, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        var now = await NowAsync(db, cancellation);
        var due = await db.Trash.AsNoTracking().Where(trash => trash.NotBefore <= now).OrderBy(trash => trash.Id).Take(limit)
            .Select(trash => new { trash.Id, trash.Prefix }).ToListAsync(cancellation);
        return [.. due.Select(trash => new TrashedPrefix(trash.Id.ToString(CultureInfo.InvariantCulture), trash.Prefix))];
    }

    public async Task ForgetTrashAsync(TrashedPrefix trashed, CancellationToken cancellation)
    {
        var id = long.Parse(trashed.Id, CultureInfo.InvariantCulture);
        await using var db = await OpenAsync(cancellation);
        await db.Trash.Where(trash => trash.Id == id).ExecuteDeleteAsync(cancellation);
    }

    public async Task<LedgerIdentity> InstallationAsync(Guid fresh, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await db.Database.ExecuteSqlAsync(
            $"""INSERT INTO installation ("Id", "Ledger", "Sweeps") VALUES ({InstallationRow.OnlyId}, {fresh}, 0) ON CONFLICT DO NOTHING""", cancellation);
        return await db.Installation.AsNoTracking().Select(installation => new LedgerIdentity(installation.Ledger, installation.Sweeps)).SingleAsync(cancellation);
    }

    public async Task<long> CountSweepAsync(CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await using var count = await CommandAsync(db, """UPDATE installation SET "Sweeps" = "Sweeps" + 1 RETURNING "Sweeps" """, cancellation);
        return (long)(await count.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The time by the ledger's clock.</summary>
    protected ValueTask<DateTimeOffset> NowAsync(LedgerDb db, CancellationToken cancellation) => clock.NowAsync(db, cancellation);

    /// <summary>Called inside the transaction that adds a job of an owner who may be new.</summary>
    protected virtual Task OwnerWaitsAsync(LedgerDb db, Guid owner, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Called for every command, where the time is a parameter and no expression.</summary>
    protected virtual void AddTime(DbCommand command)
    {
    }

    /// <summary>Adds a parameter, the way the dialect wants its value.</summary>
    protected abstract void Add(DbCommand command, string name, object? value);

    /// <summary>A statement of this program's, without the ways of EF Core: they cost more than the short statements of which there are thousands.</summary>
    protected async Task<DbCommand> CommandAsync(LedgerDb db, string text, CancellationToken cancellation, params (string Name, object? Value)[] values)
    {
        await db.Database.OpenConnectionAsync(cancellation);
        var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // The statements are the program's own.
        command.CommandText = text;
#pragma warning restore CA2100
        AddTime(command);
        foreach (var (name, value) in values) Add(command, name, value);
        return command;
    }

    protected static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    protected Task<LedgerDb> OpenAsync(CancellationToken cancellation) => databases.CreateDbContextAsync(cancellation);

    private static void Add(LedgerDb db, CloudEvent happened) => db.Add(OutboxRow.Of(happened));
}
