using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Consumers;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Outbox;

/// <summary>
/// Moves committed events from a module's outbox to the transport, oldest first. A crash between publishing and forgetting publishes an event
/// twice, with the same id: consumers are idempotent. Several relays on one store do no harm beyond that.
/// </summary>
internal sealed partial class OutboxRelay(
    IOutboxStore store, ITransport transport, QueuePreparation queues, EventOutbox outbox, MessagingOptions options, TimeProvider clock, ILogger<OutboxRelay> log) : BackgroundService
{
    // After a batch, so that the first event goes at once and many that follow each other go together: a batch costs the same whatever its size. It spares this machine, and
    // so goes by its time, not by the one that events happen in.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(5);

    // After failures, whoever wakes the relay meanwhile: what is published again and again may have arrived each time.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CountInterval = TimeSpan.FromMinutes(1);
    private const int CountedMax = 1000;

    private readonly HeldEvents held = new(options, clock);
    private Exception? unpublished;
    private int failures;
    private int staying;
    private long? counted;

    /// <summary>What was waiting at the last look; null when nothing was.</summary>
    public OutboxBacklog? Backlog { get; private set; }

    /// <summary>How many events were in quarantine when they were last counted, which happens every minute.</summary>
    public int Quarantined { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (counted is not { } last || clock.GetElapsedTime(last) > CountInterval) await CountAsync(stoppingToken);
                var (left, mayBeMore) = await MoveAsync(stoppingToken);
                queues.Troubles.Settle(outbox.Source);
                if (failures > 0 && left > 0) LogBack(outbox.Source);
                if (left > 0) failures = 0;
                if (mayBeMore) continue;
                if (left > 0) await Task.Delay(Breath, TimeProvider.System, stoppingToken);
                await outbox.WaitAsync(options.PollInterval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Said once, however long it lasts.
                if (failures > 0) LogStillFails(exception, outbox.Source);
                else LogFailed(exception, outbox.Source);
                if (unpublished is { } cause) queues.Troubles.Note(outbox.Source, cause);
                queues.Forget();
                var pause = FirstPause * Math.Pow(2, Math.Min(failures++, 10));
                await Task.Delay(pause < LongestPause ? pause : LongestPause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Looks beyond what stayed the last time.
    private async Task<(int Left, bool MayBeMore)> MoveAsync(CancellationToken cancellation)
    {
        var window = options.RelayBatchEvents + staying;
        var stayed = staying;
        unpublished = null;
        IReadOnlyList<WaitingEvent> waiting = [];
        IReadOnlyList<EventFate> fates = [];
        var left = await store.MoveAsync(window, async (read, stopping) => fates = await DecideAsync(waiting = read, stopping), cancellation);
        // Nothing waits, or another relay has the turn.
        if (waiting.Count == 0) Backlog = null;
        else await NoteAsync(waiting, fates, left, cancellation);
        return (left, waiting.Count == window && (left > 0 || staying > stayed));
    }

    private async Task<IReadOnlyList<EventFate>> DecideAsync(IReadOnlyList<WaitingEvent> waiting, CancellationToken cancellation)
    {
        Steps.Reached(Steps.RelayRead);
        Backlog = BacklogOf(waiting);
        // Broken off before the turn ends: what is published afterwards would not be forgotten.
        using var bound = new CancellationTokenSource(options.RelayTurn * 0.75, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, bound.Token);
        var round = new RelayRound(waiting, held, events => PublishAsync(events, either.Token), () => AskAsync(either.Token), options.RelayTurn / 4, clock);
        await round.RunAsync(cancellation);
        Steps.Reached(Steps.RelayPublished);
        foreach (var (place, cause) in round.Refused)
        {
            // Said once, however often it is tried.
            var (one, happened) = (waiting[place], waiting[place].Event!);
            LogRefused(held.TriesOf(one.Key) <= 1 ? LogLevel.Warning : LogLevel.Debug, cause, happened.Type, happened.Id, outbox.Source);
        }
        return round.Fates;
    }

    private async Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        try
        {
            await queues.EnsureAsync(cancellation);
            await transport.PublishAsync(events, cancellation);
        }
        catch (Exception exception)
        {
            unpublished = exception;
            throw;
        }
    }

    // A broker may have come back without its queues.
    private async Task AskAsync(CancellationToken cancellation)
    {
        await transport.PingAsync(cancellation);
        queues.Forget();
        await queues.EnsureAsync(cancellation);
    }

    private async Task NoteAsync(IReadOnlyList<WaitingEvent> waiting, IReadOnlyList<EventFate> fates, int left, CancellationToken cancellation)
    {
        staying = Math.Min(waiting.Count - left, HeldEvents.Most);
        var rest = waiting.Where((_, place) => fates[place] is EventFate.Stays).ToList();
        Backlog = BacklogOf(rest);
        if (!held.IsEmpty) held.KeepOnly(rest.Select(one => one.Key).ToHashSet(StringComparer.Ordinal));
        var before = Quarantined;
        for (var place = 0; place < waiting.Count; place++)
        {
            if (fates[place] is not EventFate.Quarantined refused) continue;
            LogQuarantined(waiting[place].Event?.Type, waiting[place].Event?.Id, outbox.Source, refused.Reason);
            Quarantined++;
        }
        if (Quarantined > before) await CountAsync(cancellation);
    }

    private async Task CountAsync(CancellationToken cancellation)
    {
        Quarantined = (await store.ReadQuarantineAsync(CountedMax, cancellation)).Count;
        counted = clock.GetTimestamp();
    }

    private OutboxBacklog? BacklogOf(IReadOnlyList<WaitingEvent> waiting) =>
        waiting.Count == 0 ? null : new OutboxBacklog(waiting.Count, waiting.Select(one => one.Event?.Time).FirstOrDefault(time => time is not null) ?? clock.GetUtcNow());

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events of {Source} could not be published; they stay in the outbox and are tried again.")]
    private partial void LogFailed(Exception exception, string source);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Events of {Source} still cannot be published.")]
    private partial void LogStillFails(Exception exception, string source);

    [LoggerMessage(Level = LogLevel.Information, Message = "Events of {Source} are published again.")]
    private partial void LogBack(string source);

    [LoggerMessage(Message = "The event {Type} {EventId} of {Source} was refused alone; it is tried again, and what belongs to its subject waits.")]
    private partial void LogRefused(LogLevel level, Exception exception, string type, Guid eventId, string source);

    [LoggerMessage(Level = LogLevel.Error, Message = "The event {Type} {EventId} of {Source} was put into quarantine, because it cannot be published though others can: {Reason}")]
    private partial void LogQuarantined(string? type, Guid? eventId, string source, string reason);
}
