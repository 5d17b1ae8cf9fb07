namespace Fotograma.Blobs.Drivers.Files;

/// <summary>Keeps a part of the disk free, so that databases and logs beside the blobs can still be written when uploads filled the rest.</summary>
internal sealed class FreeSpace(Func<long> freeBytes, long freeBytesMin)
{
    private const int NoSpaceLeft = 28;
    private static readonly int QuotaExceeded = OperatingSystem.IsMacOS() ? 69 : 122;

    private FreeSpace(DriveInfo drive, long freeBytesMin)
        : this(() => drive.AvailableFreeSpace, freeBytesMin)
    {
    }

    /// <summary>What is kept here.</summary>
    public string What { get; init; } = "blobs";

    public static FreeSpace Under(string root, long freeBytesMin) => new(new DriveInfo(root), freeBytesMin);

    /// <summary>The same for copies of blobs.</summary>
    public static FreeSpace OfThisMachine(string root, long freeBytesMin) => new(new DriveInfo(root), freeBytesMin) { What = "copies of blobs" };

    /// <summary>Throws unless so many bytes more are free than must stay free in any case.</summary>
    public void MustSuffice(long more = 0)
    {
        if (freeBytesMin + more == 0) return;
        var free = freeBytes();
        if (free < freeBytesMin + more)
        {
            var beside = more > 0 ? $", beside {more} that are wanted" : "";
            throw new BlobNoSpaceException($"Only {free} bytes are free where {What} are kept; {freeBytesMin} must stay free{beside}.");
        }
    }

    public static bool IsExhausted(IOException exception) => exception.HResult == NoSpaceLeft || exception.HResult == QuotaExceeded;

    public static BlobNoSpaceException Exhausted(IOException exception) => new("The disk where blobs are kept is full.", exception);
}
