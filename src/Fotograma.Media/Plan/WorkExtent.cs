using Fotograma.Media.Options;

namespace Fotograma.Media.Plan;

/// <summary>How much of a video has to be worked through for what was asked for, in seconds: the measure of progress.</summary>
internal static class WorkExtent
{
    /// <summary>Where only the wanted parts are decoded.</summary>
    public static double InPartsSeconds(ExtractionOptions options, double durationSeconds)
    {
        var parts = options.Ranges.Sum(range => Math.Max(0, End(range, durationSeconds) - (range.From?.ToDouble() ?? 0)));
        return parts > 0 ? Math.Min(parts, durationSeconds) : durationSeconds;
    }

    /// <summary>Where everything up to the last wanted frame is decoded, in order.</summary>
    public static double InOrderSeconds(ExtractionOptions options, double durationSeconds)
    {
        var last = durationSeconds;
        if (options.Ranges.Count > 0) last = options.Ranges.Max(range => End(range, durationSeconds));
        if (options.Sampling is Sampling.Timestamps { Seconds: { Count: > 0 } moments }) last = Math.Min(last, moments.Max(moment => moment.ToDouble()));
        return last > 0 ? Math.Min(last, durationSeconds) : durationSeconds;
    }

    private static double End(TimeRange range, double durationSeconds) => Math.Min(durationSeconds, range.To?.ToDouble() ?? durationSeconds);
}
