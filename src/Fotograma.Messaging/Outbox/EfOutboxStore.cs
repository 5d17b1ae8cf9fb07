using Fotograma.Messages;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fotograma.Messaging.Outbox;

/// <summary>The outbox table of a module's database. Relays of several processes on one PostgreSQL database take turns; on one SQLite file they may publish an event twice.</summary>
internal sealed class EfOutboxStore<TDb>(IDbContextFactory<TDb> databases) : IOutboxStore where TDb : DbContext
{
    public async Task<int> MoveAsync(int limit, Func<IReadOnlyList<CloudEvent>, CancellationToken, Task> publish, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (db.Database.GetDbConnection() is NpgsqlConnection connection)
        {
            await db.Database.OpenConnectionAsync(cancellation);
            return await PostgresRelay.MoveAsync(connection, limit, publish, cancellation);
        }
        var rows = await db.Set<OutboxRow>().AsNoTracking().OrderBy(row => row.Sequence).Take(limit).ToListAsync(cancellation);
        if (rows.Count == 0) return 0;
        await publish([.. rows.Select(row => CloudEvent.FromJson(row.Body))], cancellation);
        var last = rows[^1].Sequence;
        var moved = rows.Select(row => row.Sequence).ToList();
        await db.Set<OutboxRow>().Where(row => row.Sequence <= last && moved.Contains(row.Sequence)).ExecuteDeleteAsync(cancellation);
        return rows.Count;
    }
}
