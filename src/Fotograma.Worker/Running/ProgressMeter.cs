using Fotograma.Jobs.Leases;
using Fotograma.Kernel.Hosting;
using Fotograma.Media.Extraction;

namespace Fotograma.Worker.Running;

/// <summary>
/// Turns the decoder's signs of life into percent, speed and time left. The share is that of the video that has to be worked through, never
/// the number of frames alone; it never goes back.
/// </summary>
internal sealed class ProgressMeter(TimeProvider clock) : IProgress<ExtractionProgress>
{
    private const double ShareWorthEstimating = 0.01;

    // Writing the manifest and making the files durable still takes a moment after the last frame.
    private const double PercentMax = 99;

    private readonly long startedAt = clock.GetTimestamp();
    private readonly Lock guard = new();
    private JobProgress current = new(0, 0, null, null, null);

    public JobProgress Current
    {
        get
        {
            lock (guard) return current;
        }
    }

    public void Report(ExtractionProgress value)
    {
        if (value.FramesWritten > 0) Steps.Reached(Steps.JobWriting);
        var elapsed = clock.GetElapsedTime(startedAt).TotalSeconds;
        lock (guard)
        {
            var share = Share(value);
            var percent = Math.Max(current.Percent, Math.Min(PercentMax, share * 100));
            var known = share >= ShareWorthEstimating && elapsed > 0;
            current = new JobProgress(
                percent, value.FramesWritten, value.ExpectedFrames,
                known && value.PositionSeconds > 0 ? value.PositionSeconds / elapsed : null,
                known ? elapsed * (1 - share) / share : null);
        }
    }

    private static double Share(ExtractionProgress value)
    {
        if (value.DurationSeconds is > 0 and var length) return Math.Clamp(value.PositionSeconds / length, 0, 1);
        return value.ExpectedFrames is > 0 ? Math.Clamp((double)value.FramesWritten / value.ExpectedFrames.Value, 0, 1) : 0;
    }
}
