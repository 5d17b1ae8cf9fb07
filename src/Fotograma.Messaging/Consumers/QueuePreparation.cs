using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Consumers;

/// <summary>
/// Makes the queues of all modules once, before this process publishes or consumes anything: those of the <see cref="Topology"/> and of its own consumers. A
/// broker that is away, or that came back without them, is asked again by whoever needs the queues next. Where a group's queue was missing, whatever waited in it is gone, and
/// nobody else knows it: so those who can say things again are told (<see cref="QueuesMade"/>), and that before the queue is there, because afterwards nobody could see any more
/// that it had been missing.
/// </summary>
internal sealed partial class QueuePreparation(ITransport transport, IEnumerable<Consumer> consumers, Ids ids, TimeProvider clock, ILogger<QueuePreparation> log) : IDisposable
{
    // How often a teller's queue that could not be made is looked for on behalf of its own consumer.
    private static readonly TimeSpan SilencePause = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim preparing = new(1, 1);
    // Groups whose loss has to be told, and those of which it was told since they were last there.
    private readonly HashSet<string> lost = new(StringComparer.Ordinal);
    private readonly HashSet<string> told = new(StringComparer.Ordinal);
    // Of the lost, those that were there again since: somebody has yet to be told, and what comes into them can be lost once more.
    private readonly HashSet<string> back = new(StringComparer.Ordinal);
    // Who has yet to be told of what is lost.
    private readonly HashSet<string> owed = new(StringComparer.Ordinal);
    // How often it was said that what was made may be gone, and how often it had been when the last preparation began.
    private volatile int doubts;
    private volatile int doubtsBefore = -1;
    private volatile Exception? failure;
    private volatile bool silent;
    private volatile bool owes;
    private long silentAt;

    /// <summary>What those who publish and consume have against the transport at the moment, though it answers.</summary>
    public TransportTroubles Troubles { get; } = new();

    /// <summary>Why the queues were not there when they were needed last; null when they were.</summary>
    public Exception? Failure => failure;

    /// <summary>Whether those who can say things again can be asked to, as far as the last preparation found.</summary>
    public bool CanTell => !silent;

    public async Task EnsureAsync(CancellationToken cancellation)
    {
        if (IsSettled(doubts)) return;
        await preparing.WaitAsync(cancellation);
        try
        {
            var now = doubts;
            if (IsSettled(now)) return;
            await PrepareAsync(cancellation);
            failure = null;
            // A doubt that came meanwhile may be about what had been looked at already.
            doubtsBefore = now;
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            failure = exception;
            throw;
        }
        finally
        {
            preparing.Release();
        }
    }

    /// <summary>Looks for the queues and makes none.</summary>
    public Task<TransportLook> LookAsync(CancellationToken cancellation) => transport.LookAsync(Subscriptions(), cancellation);

    /// <summary>Says that the broker may have lost what was made: it is made again before the next use.</summary>
    public void Forget() => Interlocked.Increment(ref doubts);

    /// <summary>
    /// Says it on behalf of a group that cannot be listened to. That of a teller whose queue could not be had is known to be missing: while it is looked for now and then, it keeps nobody else from the queues that are there.
    /// </summary>
    public void Forget(Subscription whose)
    {
        if (silent && IsTeller(whose) && clock.GetElapsedTime(Interlocked.Read(ref silentAt)) < SilencePause) return;
        Forget();
    }

    /// <summary>
    /// Says that a group cannot be listened to, though the broker may answer. That a teller has no queue was said when it could not be had; everything else goes on without it.
    /// </summary>
    public void Complain(Subscription whose, Exception exception)
    {
        if (!(silent && IsTeller(whose))) Troubles.Note(whose.Group, exception);
    }

    public void Dispose() => preparing.Dispose();

    // Who could not hear of a loss is looked for now and then.
    private bool IsSettled(int now) => doubtsBefore == now && !(owes && clock.GetElapsedTime(Interlocked.Read(ref silentAt)) >= SilencePause);

    private static bool IsTeller(Subscription subscription) => subscription.Types.Contains(QueuesMade.Type);

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        var all = Subscriptions();
        var tellers = all.FindAll(IsTeller);
        var listeners = all.Except(tellers).ToList();
        var look = await transport.LookAsync(listeners, cancellation);
        Note(look.Gone.Where(group => listeners.Exists(listener => listener.Group == group && listener.Types.Intersect(Topology.CanBeRepeated).Any())).ToList(), tellers);
        var ears = await PrepareTellersAsync(tellers, cancellation);
        if (look.MadeWhenPrepared) await TellAsync(ears, cancellation);
        await transport.PrepareAsync(listeners, cancellation);
        // Where none may be made an operator made them since they were found missing.
        await TellAsync(ears, cancellation);
        // They are all there: whatever is missing from now on is lost anew.
        told.Clear();
        back.UnionWith(lost);
    }

    // A queue that cannot be made is found missing again and again; one that was there in between, because others made it, was lost once more.
    private void Note(List<string> gone, List<Subscription> tellers)
    {
        told.IntersectWith(gone);
        if (gone.Except(told).Except(lost.Except(back)).Any()) owed.UnionWith(tellers.Select(teller => teller.Group));
        back.ExceptWith(gone);
        owes = owed.Count > 0;
        lost.UnionWith(gone.Except(told));
    }

    // Nobody works with these queues day by day: where one cannot be had, because an operator has yet to make it, everything else goes on. But while a loss is untold, what may pass by itself
    // is waited for: once the queues are there again, nobody but this process knows of it.
    private async Task<List<string>> PrepareTellersAsync(List<Subscription> tellers, CancellationToken cancellation)
    {
        var had = await ArePreparedAsync(tellers, cancellation) ? tellers : [];
        foreach (var teller in tellers.Except(had).ToList())
        {
            if (await ArePreparedAsync([teller], cancellation)) had = [.. had, teller];
        }
        if (had.Count < tellers.Count) Interlocked.Exchange(ref silentAt, clock.GetTimestamp());
        silent = had.Count < tellers.Count;
        return [.. had.Select(teller => teller.Group)];
    }

    private async Task<bool> ArePreparedAsync(List<Subscription> tellers, CancellationToken cancellation)
    {
        try
        {
            await transport.PrepareAsync(tellers, cancellation);
            return true;
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested && (lost.Count == 0 || transport.IsRefusal(exception)))
        {
            if (!silent && tellers is [var one]) LogSilent(exception, one.Group);
            return false;
        }
    }

    // Who cannot hear it yet is told once it can.
    private async Task TellAsync(List<string> ears, CancellationToken cancellation)
    {
        string[] now = [.. owed.Intersect(ears).Order(StringComparer.Ordinal)];
        if (lost.Count == 0 || now.Length == 0) return;
        string[] groups = [.. lost.Order(StringComparer.Ordinal)];
        LogMade(groups);
        var areAll = !silent && now.Length == ears.Count;
        await transport.PublishAsync(areAll ? [Of(new QueuesMade(groups))] : [.. now.Select(teller => Of(new QueuesMade(groups, teller)))], cancellation);
        owed.ExceptWith(now);
        owes = owed.Count > 0;
        if (owes) return;
        told.UnionWith(lost);
        lost.Clear();
        back.Clear();
    }

    /// <summary>Makes the event of a message that comes from no module.</summary>
    public CloudEvent Of(QueuesMade made) => CloudEvent.Of(made, ids.New(), "/fotograma/messaging", clock.GetUtcNow(), TraceContext.Current);

    private List<Subscription> Subscriptions()
    {
        var own = consumers.Select(consumer => consumer.Subscription).ToList();
        var others = Topology.Groups.Where(group => own.TrueForAll(subscription => subscription.Group != group.Key));
        return [.. own, .. others.Select(group => new Subscription(group.Key, group.Value))];
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The transport had no queues for the groups {Groups}. They are made, and what was told lately is told again.")]
    private partial void LogMade(IReadOnlyList<string> groups);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The queue of the group {Group} is missing and could not be made. Everything goes on without it; only what a broker loses with its queues cannot be told again.")]
    private partial void LogSilent(Exception exception, string group);
}
