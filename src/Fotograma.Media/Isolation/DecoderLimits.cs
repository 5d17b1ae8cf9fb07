namespace Fotograma.Media.Isolation;

/// <summary>What one decoding may cost. Every limit has its own <see cref="Faults.MediaFault"/>.</summary>
public sealed record DecoderLimits
{
    /// <summary>Width × height of one frame, in pixels.</summary>
    public long FramePixelsMax { get; init; } = 35_400_000;

    /// <summary>Images written by one extraction.</summary>
    public int FramesOutMax { get; init; } = 100_000;

    /// <summary>Encoded image bytes written by one extraction.</summary>
    public long OutputBytesMax { get; init; } = 64L << 30;

    /// <summary>Length of the video, in seconds.</summary>
    public int DurationSecondsMax { get; init; } = 12 * 3600;

    /// <summary>Wall-clock time of one extraction, in seconds.</summary>
    public int WallClockSecondsMax { get; init; } = 6 * 3600;

    /// <summary>Wall-clock time without any sign of progress from the decoder, in seconds.</summary>
    public int NoProgressSecondsMax { get; init; } = 30;

    /// <summary>Wall-clock time of one probe, in seconds.</summary>
    public int ProbeSecondsMax { get; init; } = 30;
}
