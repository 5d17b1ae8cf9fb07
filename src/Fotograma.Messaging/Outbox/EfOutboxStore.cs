using System.Globalization;
using Fotograma.Messages;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fotograma.Messaging.Outbox;

/// <summary>The outbox table of a module's database. Relays of several processes on one PostgreSQL database take turns; on one SQLite file they may publish an event twice.</summary>
internal sealed class EfOutboxStore<TDb>(IDbContextFactory<TDb> databases, MessagingOptions options) : IOutboxStore where TDb : DbContext
{
    public async Task<int> MoveAsync(
        int limit, Func<IReadOnlyList<WaitingEvent>, CancellationToken, Task<IReadOnlyList<EventFate>>> publish, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (db.Database.GetDbConnection() is NpgsqlConnection connection)
        {
            await db.Database.OpenConnectionAsync(cancellation);
            return await PostgresRelay.MoveAsync(connection, limit, options.RelayTurn, publish, cancellation);
        }
        var rows = await db.Set<OutboxRow>().AsNoTracking().OrderBy(row => row.Sequence).Take(limit).ToListAsync(cancellation);
        if (rows.Count == 0) return 0;
        var fates = await publish([.. rows.Select(row => WaitingEvent.Of(KeyOf(row.Sequence), row.Body))], cancellation);
        return await SettleAsync(db, [.. rows.Zip(fates, (row, fate) => (row.Sequence, fate))], cancellation);
    }

    public async Task<IReadOnlyList<QuarantinedEvent>> ReadQuarantineAsync(int limit, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Set<QuarantineRow>().AsNoTracking().OrderBy(row => row.Sequence).Take(limit).ToListAsync(cancellation);
        return [.. rows.Select(row => new QuarantinedEvent(
            KeyOf(row.Sequence), CloudEvent.TryFromJson(row.Body, out _), row.Reason, DateTimeOffset.FromUnixTimeMilliseconds(row.At)))];
    }

    public async Task<bool> PutBackAsync(string key, CancellationToken cancellation)
    {
        if (!long.TryParse(key, CultureInfo.InvariantCulture, out var sequence)) return false;
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.Database.ExecuteSqlAsync(
            $"""INSERT INTO outbox ("EventId", "Body") SELECT "EventId", "Body" FROM outbox_quarantine WHERE "Sequence" = {sequence} ON CONFLICT DO NOTHING""", cancellation);
        var there = await db.Set<QuarantineRow>().Where(row => row.Sequence == sequence).ExecuteDeleteAsync(cancellation);
        await transaction.CommitAsync(CancellationToken.None);
        return there > 0;
    }

    private static string KeyOf(long sequence) => sequence.ToString(CultureInfo.InvariantCulture);

    // A transaction of its own, because a file is not held while the broker is asked.
    private static async Task<int> SettleAsync(TDb db, IReadOnlyList<(long Sequence, EventFate Fate)> settled, CancellationToken cancellation)
    {
        var leaving = settled.Where(one => one.Fate is not EventFate.Stays).ToList();
        if (leaving.Count == 0) return 0;
        var last = leaving[^1].Sequence;
        var sequences = leaving.Select(one => one.Sequence).ToList();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        foreach (var (sequence, fate) in leaving)
        {
            if (fate is not EventFate.Quarantined refused) continue;
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO outbox_quarantine ("Sequence", "EventId", "Body", "Reason", "At")
                SELECT "Sequence", "EventId", "Body", {refused.Reason}, {refused.At.ToUnixTimeMilliseconds()} FROM outbox WHERE "Sequence" = {sequence} ON CONFLICT DO NOTHING
                """, cancellation);
        }
        await db.Set<OutboxRow>().Where(row => row.Sequence <= last && sequences.Contains(row.Sequence)).ExecuteDeleteAsync(cancellation);
        await transaction.CommitAsync(CancellationToken.None);
        return leaving.Count;
    }
}
