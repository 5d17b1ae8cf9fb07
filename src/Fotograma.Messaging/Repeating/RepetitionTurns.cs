using Fotograma.Kernel.Hosting;
using Fotograma.Messages;

namespace Fotograma.Messaging.Repeating;

/// <summary>Lets one module's teller say its facts again, page by page, one delivery at a time.</summary>
public sealed class RepetitionTurns : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Repetition repetition;
    private readonly string teller;
    private Guid begun;

    internal RepetitionTurns(Repetition repetition, string teller)
    {
        this.repetition = repetition;
        this.teller = teller;
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    /// <summary>Does what one event asks for.</summary>
    /// <param name="made">The event.</param>
    /// <param name="eventId">Its id, which tells when it was made (UUID version 7).</param>
    /// <param name="page">Gives the events of the next facts behind an id, at most <see cref="Repetition.PageFacts"/>, and the id of the last fact.</param>
    /// <param name="cancellation">The process ends; the event comes again.</param>
    /// <returns>How many events were published.</returns>
    public async Task<int> TakeAsync(
        QueuesMade made, Guid eventId, Func<Guid?, CancellationToken, Task<(IReadOnlyList<CloudEvent> Events, Guid? Last)>> page, CancellationToken cancellation)
    {
        if (repetition.Reach == TimeSpan.Zero || (made.Teller is not null && made.Teller != teller)) return 0;
        await turn.WaitAsync(cancellation);
        try
        {
            // Whoever made it found the queues missing; a repetition that began later found them there, and has told everything since.
            if (made.After is null && eventId.CompareTo(begun) < 0) return 0;
            var began = await repetition.BeginAsync(cancellation);
            var (events, last) = await page(made.After, cancellation);
            await repetition.PublishAsync(events, cancellation);
            Steps.Reached(Steps.NewsRepeated);
            if (events.Count >= Repetition.PageFacts) await repetition.GoOnAsync(made with { Teller = teller, After = last }, cancellation);
            if (made.After is null) begun = began;
            return events.Count;
        }
        finally
        {
            turn.Release();
        }
    }
}
