using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;

namespace Fotograma.Media.Decoding;

/// <summary>
/// Tells the parent how far the work is, four times a second, but only when something was really done since the last time: a decoder that hangs
/// falls silent, and that is how it is found out.
/// </summary>
internal sealed class ProgressPump : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly MessageWriter writer;
    private readonly long stepsMax;
    private readonly CancellationTokenSource stop = new();
    private readonly Task pumping;
    private double durationSeconds;
    private double positionSeconds;
    private long steps;
    private long signs;

    /// <summary>Starts telling, of at most <paramref name="stepsMax"/> decoded frames.</summary>
    public ProgressPump(MessageWriter writer, double durationSeconds, long stepsMax, TimeProvider time)
    {
        (this.writer, this.durationSeconds, this.stepsMax) = (writer, durationSeconds, stepsMax);
        pumping = Task.Run(() => PumpAsync(time, stop.Token), CancellationToken.None);
    }

    /// <summary>So much of the video is worked through; the whole of it until this is said.</summary>
    public void Last(double seconds) => Volatile.Write(ref durationSeconds, seconds);

    /// <summary>So much of the work is done, from 0 to 1.</summary>
    public void Do(double share) => Reach(share * Volatile.Read(ref durationSeconds));

    /// <summary>Something was done that is no frame, and brings the work to no other place: planning is over in moments. May be called from several threads.</summary>
    public void Stir() => Interlocked.Increment(ref signs);

    /// <summary>A frame was decoded, and the work, which goes from the video's beginning, has come to its place.</summary>
    /// <exception cref="MediaException"><see cref="MediaFault.TooManyDecoded"/>.</exception>
    public void Step(double atSeconds)
    {
        Reach(atSeconds);
        Step();
    }

    /// <summary>A frame was decoded. May be called from several threads.</summary>
    /// <exception cref="MediaException"><see cref="MediaFault.TooManyDecoded"/>.</exception>
    public void Step()
    {
        Stir();
        if (Interlocked.Increment(ref steps) > stepsMax) throw new MediaException(MediaFault.TooManyDecoded, $"More than {stepsMax} frames.");
    }

    private void Reach(double atSeconds) => Volatile.Write(ref positionSeconds, atSeconds);

    /// <summary>Stops telling; no message is written after this.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await pumping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task PumpAsync(TimeProvider time, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var told = 0L;
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            var now = Interlocked.Read(ref signs);
            if (now == told) continue;
            told = now;
            var progress = new DecoderProgress(Volatile.Read(ref positionSeconds), Volatile.Read(ref durationSeconds));
            await writer.WriteAsync(DecoderMessage.Progress, progress, DecoderJson.Default.DecoderProgress, CancellationToken.None);
        }
    }
}
