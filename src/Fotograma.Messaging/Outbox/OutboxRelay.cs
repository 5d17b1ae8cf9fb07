using Fotograma.Messages;
using Fotograma.Messaging.Consumers;
using Fotograma.Messaging.Transport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Outbox;

/// <summary>
/// Moves committed events from a module's outbox to the transport, oldest first. A crash between publishing and deleting publishes an event
/// twice, with the same id: consumers are idempotent. Relays of several processes on one PostgreSQL database take turns; on one SQLite file they do no harm beyond that.
/// </summary>
internal sealed partial class OutboxRelay<TDb>(
    IDbContextFactory<TDb> databases, ITransport transport, QueuePreparation queues, Outbox<TDb> outbox, MessagingOptions options, ILogger<OutboxRelay<TDb>> log)
    : BackgroundService where TDb : DbContext
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var moved = await MoveBatchAsync(stoppingToken);
                if (moved < options.RelayBatchEvents) await outbox.WaitAsync(options.PollInterval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(exception, typeof(TDb).Name);
                await ((Task)outbox.WaitAsync(options.PollInterval, stoppingToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<int> MoveBatchAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var turn = await RelayTurn.TakeAsync(db, cancellation);
        if (turn is null) return 0;
        var rows = await db.Set<OutboxRow>().AsNoTracking().OrderBy(row => row.Sequence).Take(options.RelayBatchEvents).ToListAsync(cancellation);
        if (rows.Count == 0) return 0;
        await queues.EnsureAsync(cancellation);
        await transport.PublishAsync([.. rows.Select(row => CloudEvent.FromJson(row.Body))], cancellation);
        var last = rows[^1].Sequence;
        var moved = rows.Select(row => row.Sequence).ToList();
        await db.Set<OutboxRow>().Where(row => row.Sequence <= last && moved.Contains(row.Sequence)).ExecuteDeleteAsync(cancellation);
        await turn.EndAsync();
        return rows.Count;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events of {Database} could not be published; they stay in the outbox and are tried again.")]
    private partial void LogFailed(Exception exception, string database);
}
