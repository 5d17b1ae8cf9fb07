using Fotograma.Media.Faults;

namespace Fotograma.Media.Isolation;

/// <summary>
/// Watches one decoder: the whole time it may take, and the time it may be silent. Silence counts only while a message is awaited, so a
/// slow disk on our side is not held against it.
/// </summary>
internal sealed class DecoderWatch : IDisposable
{
    /// <summary>Timers take no more than 49 days; limits beyond that are as good as none.</summary>
    private static readonly TimeSpan TimerMax = TimeSpan.FromDays(49);

    private readonly CancellationToken caller;
    private readonly TimeSpan wallLimit;
    private readonly TimeSpan silenceLimit;
    private readonly CancellationTokenSource wall;
    private readonly CancellationTokenSource silence;
    private readonly CancellationTokenSource linked;

    public DecoderWatch(TimeProvider time, TimeSpan wallLimit, TimeSpan silenceLimit, CancellationToken caller)
    {
        this.caller = caller;
        this.wallLimit = wallLimit;
        this.silenceLimit = silenceLimit;
        wall = new CancellationTokenSource(wallLimit < TimerMax ? wallLimit : TimerMax, time);
        silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        linked = CancellationTokenSource.CreateLinkedTokenSource(caller, wall.Token, silence.Token);
    }

    /// <summary>Fires when the decoder has to end.</summary>
    public CancellationToken Token => linked.Token;

    /// <summary>From now on the decoder is expected to say something.</summary>
    public void Await() => silence.CancelAfter(silenceLimit < TimerMax ? silenceLimit : TimerMax);

    /// <summary>The decoder has spoken; it is our turn.</summary>
    public void Heard() => silence.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>Why <see cref="Token"/> has fired.</summary>
    public Exception Explain()
    {
        if (caller.IsCancellationRequested) return new OperationCanceledException(caller);
        return wall.IsCancellationRequested
            ? new MediaException(MediaFault.TimedOut, $"The decoder was ended after {wallLimit.TotalSeconds:0.#} s.")
            : new MediaException(MediaFault.Stalled, $"The decoder was silent for {silenceLimit.TotalSeconds:0.#} s and was ended.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        linked.Dispose();
        silence.Dispose();
        wall.Dispose();
    }
}
