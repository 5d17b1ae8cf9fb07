using Fotograma.Kernel.Hosting;
using Fotograma.Media.Isolation;
using Fotograma.Media.Sandbox;

namespace Fotograma.Worker.Running;

/// <summary>Where the decoder program is and what one video may cost.</summary>
internal sealed class DecoderOptions : ICheckedOptions
{
    public const string Section = "Decoder";

    /// <summary>The program; null means <c>fotograma-decoder</c> beside the server.</summary>
    public string? Path { get; set; }

    /// <summary>How the decoder must be confined.</summary>
    public SandboxMode Sandbox { get; set; } = SandboxMode.Required;

    /// <summary>Whether codecs that only old archives hold are decoded too.</summary>
    public bool OldCodecs { get; set; }

    /// <summary>Limits of one decoding.</summary>
    public DecoderLimits Limits { get; set; } = new();

    public string FullPath => Path ?? System.IO.Path.Combine(AppContext.BaseDirectory, "fotograma-decoder");

    public IEnumerable<string> Problems() => Limits.Problems().Select(problem => $"Limits:{problem}");
}
