using Fotograma.Media.Faults;
using Fotograma.Media.Options;

namespace Fotograma.Media.Conversion;

/// <summary>What was done to pictures that only the pictures themselves told. Encoders on all threads write to it; it is read when they are done.</summary>
internal sealed class ConversionNotes
{
    private volatile bool deinterlaced;
    private volatile bool turned;
    private volatile bool highRange;

    /// <summary>What is said of a video whose pictures are turned or mirrored.</summary>
    public static MediaWarning TurnApplied { get; } = new MediaWarning("rotation_applied", "The images are turned the way players show the video.");

    /// <summary>Whether some picture was made whole.</summary>
    public bool Deinterlaced
    {
        get => deinterlaced;
        set => deinterlaced = value;
    }

    /// <summary>What is said of an HDR video.</summary>
    public static MediaWarning Hdr(bool isMapped) => isMapped
        ? new MediaWarning("hdr", "The video is HDR; the images are tone-mapped to the range and colours of ordinary images.")
        : new MediaWarning("hdr_kept", "The video is HDR; the images hold its values without tone mapping and can look flat.");

    /// <summary>Notes of a picture how it is turned, and whether it is HDR. Both may stand in the stream where the container does not know of them.</summary>
    public void See(Turn turn, bool isHdr)
    {
        if (!turn.IsNone) turned = true;
        if (isHdr) highRange = true;
    }

    /// <summary>What a user should know of images made by <paramref name="options"/>.</summary>
    public IEnumerable<MediaWarning> Warnings(ExtractionOptions options)
    {
        if (turned) yield return TurnApplied;
        if (highRange) yield return Hdr(options.ToneMap);
        if (Deinterlaced)
            yield return new MediaWarning("deinterlaced", "Interlaced pictures were made whole: each image shows the moment of its frame's first field.");
    }
}
