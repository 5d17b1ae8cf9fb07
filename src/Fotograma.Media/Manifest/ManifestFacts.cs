using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Options;
using Fotograma.Media.Probing;

namespace Fotograma.Media.Manifest;

/// <summary>What a manifest says of an archive as a whole.</summary>
/// <param name="Input">What the caller knows about the file.</param>
/// <param name="Video">What the container says.</param>
/// <param name="Options">What was asked for.</param>
/// <param name="Warnings">What a user should know.</param>
/// <param name="DuplicatesRemoved">Images left out because they were like the image before.</param>
internal sealed record ManifestFacts(
    InputFacts Input, ProbeReport Video, ExtractionOptions Options, IReadOnlyList<MediaWarning> Warnings, int DuplicatesRemoved)
{
    /// <summary>The files made beside the images.</summary>
    public IReadOnlyList<ExtraFile> Extras { get; init; } = [];
}
