using Fotograma.Kernel.Hosting;
using Fotograma.Media.Isolation;
using Fotograma.Media.Sandbox;

namespace Fotograma.Worker.Running;

/// <summary>Where the decoder program is and what one video may cost.</summary>
internal sealed class DecoderOptions : ICheckedOptions
{
    public const string Section = "Decoder";

    /// <summary>What the decoder needs for the smallest of videos.</summary>
    private const long MemoryBytesLeast = 256L << 20;

    /// <summary>Enough for a decoder on a machine with few cores.</summary>
    private const int ThreadsLeast = 64;

    /// <summary>The program; null means <c>fotograma-decoder</c> beside the server.</summary>
    public string? Path { get; set; }

    /// <summary>How the decoder must be confined.</summary>
    public SandboxMode Sandbox { get; set; } = SandboxMode.Required;

    /// <summary>Whether codecs that only old archives hold are decoded too.</summary>
    public bool OldCodecs { get; set; }

    /// <summary>Limits of one decoding.</summary>
    public DecoderLimits Limits { get; set; } = new();

    public string FullPath => Path ?? System.IO.Path.Combine(AppContext.BaseDirectory, "fotograma-decoder");

    public IEnumerable<string> Problems()
    {
        if (Limits.InputBytesMax < 1) yield return "Limits:InputBytesMax must be at least 1.";
        if (Limits.FramePixelsMax < 1) yield return "Limits:FramePixelsMax must be at least 1.";
        if (Limits.FramesDecodedMax < 1) yield return "Limits:FramesDecodedMax must be at least 1.";
        if (Limits.FramesOutMax < 1) yield return "Limits:FramesOutMax must be at least 1.";
        if (Limits.OutputBytesMax < 1) yield return "Limits:OutputBytesMax must be at least 1.";
        if (Limits.OutputTimesInputMax < 1) yield return "Limits:OutputTimesInputMax must be at least 1.";
        if (Limits.OutputFreeBytes < 1) yield return "Limits:OutputFreeBytes must be at least 1.";
        if (Limits.RepeatsMax < 1) yield return "Limits:RepeatsMax must be at least 1.";
        if (Limits.DurationSecondsMax < 1) yield return "Limits:DurationSecondsMax must be at least 1.";
        if (Limits.WallClockSecondsMax < 1) yield return "Limits:WallClockSecondsMax must be at least 1.";
        if (Limits.CpuSecondsMax < 1) yield return "Limits:CpuSecondsMax must be at least 1.";
        if (Limits.MemoryBytesMax < MemoryBytesLeast) yield return $"Limits:MemoryBytesMax must be at least {MemoryBytesLeast}.";
        if (Limits.MemoryBytesPerCoreMax < 0) yield return "Limits:MemoryBytesPerCoreMax must be at least 0.";
        if (Limits.ThreadsMax < ThreadsLeast) yield return $"Limits:ThreadsMax must be at least {ThreadsLeast}.";
        if (Limits.StreamsMax < 1) yield return "Limits:StreamsMax must be at least 1.";
        if (Limits.NoProgressSecondsMax < 1) yield return "Limits:NoProgressSecondsMax must be at least 1.";
        if (Limits.ProbeSecondsMax < 1) yield return "Limits:ProbeSecondsMax must be at least 1.";
    }
}
