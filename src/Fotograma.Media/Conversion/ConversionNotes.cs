using Fotograma.Media.Faults;

namespace Fotograma.Media.Conversion;

/// <summary>What was done to pictures that only the pictures themselves told. Encoders on all threads write to it; it is read when they are done.</summary>
internal sealed class ConversionNotes
{
    private volatile bool deinterlaced;

    /// <summary>Whether some picture was made whole.</summary>
    public bool Deinterlaced
    {
        get => deinterlaced;
        set => deinterlaced = value;
    }

    /// <summary>What a user should know.</summary>
    public IEnumerable<MediaWarning> Warnings()
    {
        if (Deinterlaced)
            yield return new MediaWarning("deinterlaced", "Interlaced pictures were made whole: each image shows the moment of its frame's first field.");
    }
}
