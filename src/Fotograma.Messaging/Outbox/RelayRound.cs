using System.Runtime.ExceptionServices;
using Fotograma.Messages;

namespace Fotograma.Messaging.Outbox;

/// <summary>
/// One look at an outbox: publishes what waits in one batch, and where that fails finds out which of the events are to blame. Events of one subject keep their order: the later
/// ones wait while an earlier one stays, and go on when it is put aside. Used once.
/// </summary>
/// <param name="waiting">What waits, oldest first.</param>
/// <param name="held">What was refused before.</param>
/// <param name="publish">Hands events to the transport.</param>
/// <param name="ask">Asks the transport for a sign of life, after a failure.</param>
/// <param name="patience">How long events are tried one by one.</param>
/// <param name="clock">The time.</param>
internal sealed class RelayRound(
    IReadOnlyList<WaitingEvent> waiting, HeldEvents held, Func<IReadOnlyList<CloudEvent>, Task> publish, Func<Task> ask, TimeSpan patience, TimeProvider clock)
{
    // A topic that may not be written to, or a broker that does not answer in time, is not asked about every event.
    private const int FailuresInARowMax = 5;

    private readonly EventFate[] fates = [.. waiting.Select(_ => new EventFate.Stays())];
    // Subjects of which something was not published in this round.
    private readonly HashSet<string> broken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> failures = new(StringComparer.Ordinal);
    private readonly List<int> skipped = [];
    private readonly long began = clock.GetTimestamp();
    private Exception? failure;

    /// <summary>What becomes of each.</summary>
    public IReadOnlyList<EventFate> Fates => fates;

    /// <summary>What was refused while others were taken, and why.</summary>
    public List<(int Place, Exception Cause)> Refused { get; } = [];

    /// <exception cref="Exception">Nothing could be published at all, and that says nothing about the events.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var (fresh, due) = Sort();
        await PublishAsync(fresh, cancellation);
        await OneByOneAsync(due, cancellation);
        var isTelling = fates.Any(fate => fate is EventFate.Published);
        if (!isTelling && failure is not null) ExceptionDispatchInfo.Throw(failure);
        foreach (var place in skipped) held.Postpone(waiting[place].Key);
        foreach (var (place, cause) in Refused)
        {
            if (!isTelling) held.Postpone(waiting[place].Key);
            else if (held.Refuse(waiting[place].Key)) PutAside(place, $"{cause.GetType().Name}: {cause.Message}");
        }
    }

    private (List<int> Fresh, List<int> Due) Sort()
    {
        var (fresh, due) = (new List<int>(), new List<int>());
        var blocked = new HashSet<string>(StringComparer.Ordinal);
        for (var place = 0; place < waiting.Count; place++)
        {
            if (waiting[place].Event is not { } happened) PutAside(place, waiting[place].Fault!);
            else if (blocked.Contains(happened.Subject)) continue;
            else if (!held.Contains(waiting[place].Key)) fresh.Add(place);
            else
            {
                blocked.Add(happened.Subject);
                if (held.IsDue(waiting[place].Key)) due.Add(place);
            }
        }
        return (fresh, [.. due.OrderBy(place => held.RefusedAt(waiting[place].Key))]);
    }

    private async Task PublishAsync(List<int> fresh, CancellationToken cancellation)
    {
        if (fresh.Count == 0) return;
        try
        {
            await publish([.. fresh.Select(place => waiting[place].Event!)]);
            foreach (var place in fresh) fates[place] = new EventFate.Published();
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            failure = exception;
            await AskAsync(exception, cancellation);
            if (fresh.Count > 1) await OneByOneAsync(fresh, cancellation);
            else Note(fresh[0], exception);
        }
    }

    // A transport that gives no sign of life refuses everything.
    private async Task AskAsync(Exception failure, CancellationToken cancellation)
    {
        try
        {
            await ask();
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private async Task OneByOneAsync(List<int> places, CancellationToken cancellation)
    {
        foreach (var place in places)
        {
            var happened = waiting[place].Event!;
            // It waits behind an earlier one of its subject.
            if (broken.Contains(happened.Subject)) continue;
            if (failures.GetValueOrDefault(happened.Type) >= FailuresInARowMax || clock.GetElapsedTime(began) > patience)
            {
                broken.Add(happened.Subject);
                skipped.Add(place);
                continue;
            }
            try
            {
                await publish([happened]);
                fates[place] = new EventFate.Published();
                failures[happened.Type] = 0;
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested)
            {
                Note(place, exception);
            }
        }
    }

    private void Note(int place, Exception exception)
    {
        var happened = waiting[place].Event!;
        failures[happened.Type] = failures.GetValueOrDefault(happened.Type) + 1;
        broken.Add(happened.Subject);
        Refused.Add((place, exception));
    }

    private void PutAside(int place, string reason) => fates[place] = new EventFate.Quarantined(reason, clock.GetUtcNow());
}
