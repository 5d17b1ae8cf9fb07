using System.Globalization;
using Fotograma.Data;
using Fotograma.Jobs.Trash;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>
/// What the ledger's databases have in common: everything but how a job is claimed and how waiting workers hear of one. The writes are right at
/// the isolation level "read committed": each either changes rows by a condition that the database checks again when it had to wait for a lock, or locks the
/// video's row first.
/// </summary>
internal abstract partial class SqlLedger(IDbContextFactory<LedgerDb> databases, DatabaseClock clock)
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

    /// <summary>The time by the ledger's clock.</summary>
    protected ValueTask<DateTimeOffset> NowAsync(LedgerDb db, CancellationToken cancellation) => clock.NowAsync(db, cancellation);

    /// <summary>Called inside the transaction that adds a job of an owner who may be new.</summary>
    protected virtual Task OwnerWaitsAsync(LedgerDb db, Guid owner, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Called inside the transaction that lets a job wait that is due at once.</summary>
    protected virtual Task JobWaitsAsync(LedgerDb db, CancellationToken cancellation) => Task.CompletedTask;

    protected Task<LedgerDb> OpenAsync(CancellationToken cancellation) => databases.CreateDbContextAsync(cancellation);

    private static void Add(LedgerDb db, CloudEvent happened) => db.Add(OutboxRow.Of(happened));
}
