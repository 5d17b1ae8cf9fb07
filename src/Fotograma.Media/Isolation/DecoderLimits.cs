namespace Fotograma.Media.Isolation;

/// <summary>What one decoding may cost. What goes beyond a limit is refused by a <see cref="Faults.MediaFault"/> that names it; those of output share one, those of time another.</summary>
public sealed record DecoderLimits
{
    /// <summary>What the decoder needs for the smallest of videos.</summary>
    private const long MemoryBytesLeast = 256L << 20;

    /// <summary>Enough for a decoder on a machine with few cores.</summary>
    private const int ThreadsLeast = 64;

    /// <summary>Length of the file, in bytes.</summary>
    public long InputBytesMax { get; init; } = 1L << 40;

    /// <summary>Width × height of one frame, in pixels.</summary>
    public long FramePixelsMax { get; init; } = 35_400_000;

    /// <summary>Frames decoded, wanted or not: twelve hours at 240 a second.</summary>
    public long FramesDecodedMax { get; init; } = 12 * 3600 * 240;

    /// <summary>Images written by one extraction.</summary>
    public int FramesOutMax { get; init; } = 100_000;

    /// <summary>Encoded image bytes written by one extraction, small pictures included.</summary>
    public long OutputBytesMax { get; init; } = 64L << 30;

    /// <summary>Encoded image bytes for each byte of the file, once there are more than <see cref="OutputFreeBytes"/>.</summary>
    public int OutputTimesInputMax { get; init; } = 10_000;

    /// <summary>Encoded image bytes that any file may become, however short it is.</summary>
    public long OutputFreeBytes { get; init; } = 1L << 30;

    /// <summary>Images in a row that show one and the same frame.</summary>
    public int RepeatsMax { get; init; } = 36_000;

    /// <summary>Length of the video, in seconds.</summary>
    public int DurationSecondsMax { get; init; } = 12 * 3600;

    /// <summary>Wall-clock time of one extraction, in seconds.</summary>
    public int WallClockSecondsMax { get; init; } = 6 * 3600;

    /// <summary>Processor time of one extraction or probe, of all its threads together, in seconds.</summary>
    public int CpuSecondsMax { get; init; } = 24 * 3600;

    /// <summary>Memory that decoding may take, in bytes, beside <see cref="MemoryBytesPerCoreMax"/>.</summary>
    public long MemoryBytesMax { get; init; } = 2L << 30;

    /// <summary>Further memory for each core of the machine, in bytes: as many pictures are worked on at once as there are cores.</summary>
    public long MemoryBytesPerCoreMax { get; init; } = 512L << 20;

    /// <summary>Memory that one decoder may take on a machine of so many cores, in bytes.</summary>
    public long MemoryBytesOn(int cores) => MemoryBytesMax + (cores * MemoryBytesPerCoreMax);

    /// <summary>
    /// Threads of one decoder. The kernel is given this for each core, as the least that a user's threads may grow by while the decoder runs.
    /// </summary>
    public int ThreadsMax { get; init; } = 1024;

    /// <summary>Streams in the file: pictures, sound, subtitles and whatever else.</summary>
    public int StreamsMax { get; init; } = 128;

    /// <summary>Wall-clock time without any sign of progress from the decoder, in seconds.</summary>
    public int NoProgressSecondsMax { get; init; } = 20;

    /// <summary>Wall-clock time of one probe, in seconds.</summary>
    public int ProbeSecondsMax { get; init; } = 30;

    /// <summary>What is wrong with them: a sentence for each that is below what it may be at least.</summary>
    public IEnumerable<string> Problems()
    {
        (string Name, long Value, long Least)[] all =
        [
            (nameof(InputBytesMax), InputBytesMax, 1), (nameof(FramePixelsMax), FramePixelsMax, 1), (nameof(FramesDecodedMax), FramesDecodedMax, 1), (nameof(FramesOutMax), FramesOutMax, 1),
            (nameof(OutputBytesMax), OutputBytesMax, 1), (nameof(OutputTimesInputMax), OutputTimesInputMax, 1), (nameof(OutputFreeBytes), OutputFreeBytes, 1), (nameof(RepeatsMax), RepeatsMax, 1),
            (nameof(DurationSecondsMax), DurationSecondsMax, 1), (nameof(WallClockSecondsMax), WallClockSecondsMax, 1), (nameof(CpuSecondsMax), CpuSecondsMax, 1),
            (nameof(MemoryBytesMax), MemoryBytesMax, MemoryBytesLeast), (nameof(MemoryBytesPerCoreMax), MemoryBytesPerCoreMax, 0), (nameof(ThreadsMax), ThreadsMax, ThreadsLeast),
            (nameof(StreamsMax), StreamsMax, 1), (nameof(NoProgressSecondsMax), NoProgressSecondsMax, 1), (nameof(ProbeSecondsMax), ProbeSecondsMax, 1),
        ];
        return all.Where(limit => limit.Value < limit.Least).Select(limit => $"{limit.Name} must be at least {limit.Least}.");
    }
}
