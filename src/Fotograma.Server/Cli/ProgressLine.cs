using System.Globalization;
using Fotograma.Media.Extraction;

namespace Fotograma.Server.Cli;

/// <summary>
/// Shows how far an extraction is: on a terminal one line that is drawn again ten times a second, elsewhere a plain line every two seconds.
/// </summary>
internal sealed class ProgressLine(Terminal terminal, TimeProvider time) : IProgress<ExtractionProgress>
{
    private static readonly TimeSpan LiveInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(2);

    private readonly long started = time.GetTimestamp();
    private readonly TimeSpan interval = terminal.IsLive ? LiveInterval : PlainInterval;
    private TimeSpan shown;

    /// <inheritdoc/>
    public void Report(ExtractionProgress value)
    {
        var elapsed = time.GetElapsedTime(started);
        if (elapsed - shown < interval) return;
        shown = elapsed;
        if (terminal.IsLive) terminal.Error.Write($"\r{Live(value, elapsed, terminal.Columns)}\u001b[K");
        else terminal.Error.WriteLine(Plain(value, elapsed));
    }

    /// <summary>Removes the line from a terminal, to make room for what comes.</summary>
    public void Clear()
    {
        if (terminal.IsLive && shown > TimeSpan.Zero) terminal.Error.Write("\r\u001b[K");
    }

    /// <summary>The line for a terminal of a width.</summary>
    public static string Live(ExtractionProgress progress, TimeSpan elapsed, int columns)
    {
        var words = Plain(progress, elapsed);
        var room = Math.Min(30, columns - words.Length - 4);
        var line = Fraction(progress) is { } fraction && room >= 5
            ? $"[{new string('#', (int)(room * fraction)).PadRight(room, '.')}] {words}"
            : words;
        return line.Length < columns ? line : line[..Math.Max(0, columns - 1)];
    }

    /// <summary>The line for a log.</summary>
    public static string Plain(ExtractionProgress progress, TimeSpan elapsed)
    {
        var fraction = Fraction(progress);
        var percent = fraction is { } known ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(known * 100)}%, ") : "";
        var expected = progress.ExpectedFrames is { } total ? string.Create(CultureInfo.InvariantCulture, $"/{total}") : "";
        var speed = elapsed > TimeSpan.Zero && progress.PositionSeconds > 0
            ? string.Create(CultureInfo.InvariantCulture, $", {progress.PositionSeconds / elapsed.TotalSeconds:0.0}x real time")
            : "";
        var left = fraction is { } done and >= 0.01 ? $", {Clock(elapsed * ((1 - done) / done))} left" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{percent}{progress.FramesWritten}{expected} frames{speed}{left}");
    }

    /// <summary>A span of time as <c>1:02:03</c> or <c>2:03</c>.</summary>
    public static string Clock(TimeSpan span)
    {
        var seconds = (long)Math.Min(Math.Ceiling(span.TotalSeconds), 359_999);
        return seconds >= 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}:{seconds / 60 % 60:D2}:{seconds % 60:D2}")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:D2}");
    }

    private static double? Fraction(ExtractionProgress progress) => progress switch
    {
        { ExpectedFrames: > 0 and var frames } => Math.Min(1, (double)progress.FramesWritten / frames),
        { DurationSeconds: > 0 and var seconds } => Math.Clamp(progress.PositionSeconds / seconds, 0, 1),
        _ => null,
    };
}
