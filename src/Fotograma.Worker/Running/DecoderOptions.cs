using Fotograma.Kernel.Hosting;
using Fotograma.Media.Isolation;

namespace Fotograma.Worker.Running;

/// <summary>Where the decoder program is and what one video may cost.</summary>
internal sealed class DecoderOptions : ICheckedOptions
{
    public const string Section = "Decoder";

    /// <summary>The program; null means <c>fotograma-decoder</c> beside the server.</summary>
    public string? Path { get; set; }

    /// <summary>Limits of one decoding.</summary>
    public DecoderLimits Limits { get; set; } = new();

    public string FullPath => Path ?? System.IO.Path.Combine(AppContext.BaseDirectory, "fotograma-decoder");

    public IEnumerable<string> Problems()
    {
        if (Limits.FramePixelsMax < 1) yield return "Limits:FramePixelsMax must be at least 1.";
        if (Limits.FramesOutMax < 1) yield return "Limits:FramesOutMax must be at least 1.";
        if (Limits.OutputBytesMax < 1) yield return "Limits:OutputBytesMax must be at least 1.";
        if (Limits.DurationSecondsMax < 1) yield return "Limits:DurationSecondsMax must be at least 1.";
        if (Limits.WallClockSecondsMax < 1) yield return "Limits:WallClockSecondsMax must be at least 1.";
        if (Limits.NoProgressSecondsMax < 1) yield return "Limits:NoProgressSecondsMax must be at least 1.";
        if (Limits.ProbeSecondsMax < 1) yield return "Limits:ProbeSecondsMax must be at least 1.";
    }
}
