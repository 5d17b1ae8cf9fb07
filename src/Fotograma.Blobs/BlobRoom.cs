namespace Fotograma.Blobs;

/// <summary>How much room is wanted, in bytes; zero where nothing is known.</summary>
/// <param name="Blobs">For blobs, in the store.</param>
/// <param name="Copies">For a copy of a blob, on this machine.</param>
public readonly record struct BlobRoom(long Blobs, long Copies)
{
    /// <summary>Room for the one or the other.</summary>
    public BlobRoom Or(BlobRoom other) => new(Math.Max(Blobs, other.Blobs), Math.Max(Copies, other.Copies));
}
