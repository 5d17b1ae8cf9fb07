using Fotograma.Kernel.Hosting;
using Fotograma.Messages;

namespace Fotograma.Messaging.Repeating;

/// <summary>Lets one module's teller say its facts again, page by page, one delivery at a time.</summary>
public sealed class RepetitionTurns : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Repetition repetition;
    private readonly string teller;
    // Requests that came, and how many had come when the last repetition began.
    private long came;
    private long told;

    internal RepetitionTurns(Repetition repetition, string teller)
    {
        this.repetition = repetition;
        this.teller = teller;
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    /// <summary>Does what one event asks for.</summary>
    /// <param name="made">The event.</param>
    /// <param name="page">Gives the events of the next facts behind an id, at most <see cref="Repetition.PageFacts"/>, and the id of the last fact.</param>
    /// <param name="cancellation">The process ends; the event comes again.</param>
    /// <returns>How many events were published.</returns>
    public async Task<int> TakeAsync(QueuesMade made, Func<Guid?, CancellationToken, Task<(IReadOnlyList<CloudEvent> Events, Guid? Last)>> page, CancellationToken cancellation)
    {
        if (repetition.Reach == TimeSpan.Zero || (made.Teller is not null && made.Teller != teller)) return 0;
        var place = Interlocked.Increment(ref came);
        await turn.WaitAsync(cancellation);
        try
        {
            // Whoever made it found the queues missing before it came here; a repetition that began after that has told everything. Nothing else is known of it: the clocks of its maker and of
            // this process may differ by more than lies between two losses.
            if (made.After is null && place <= told) return 0;
            var waiting = Volatile.Read(ref came);
            await repetition.BeginAsync(cancellation);
            var (events, last) = await page(made.After, cancellation);
            await repetition.PublishAsync(events, cancellation);
            Steps.Reached(Steps.NewsRepeated);
            if (events.Count >= Repetition.PageFacts) await repetition.GoOnAsync(made with { Teller = teller, After = last }, cancellation);
            if (made.After is null) told = waiting;
            return events.Count;
        }
        finally
        {
            turn.Release();
        }
    }
}
