namespace Fotograma.Blobs.Drivers.Files;

/// <summary>Keeps a part of the disk free, so that databases and logs beside the blobs can still be written when uploads filled the rest.</summary>
internal sealed class FreeSpace(Func<long> freeBytes, long freeBytesMin)
{
    private const int NoSpaceLeft = 28;
    private static readonly int QuotaExceeded = OperatingSystem.IsMacOS() ? 69 : 122;

    public static FreeSpace Under(string root, long freeBytesMin)
    {
        var drive = new DriveInfo(root);
        return new FreeSpace(() => drive.AvailableFreeSpace, freeBytesMin);
    }

    /// <summary>Throws unless so many bytes more are free than must stay free in any case.</summary>
    /// <param name="more">How many more.</param>
    /// <param name="wanted">What is said to have been needed.</param>
    public void MustSuffice(long more = 0, BlobRoom wanted = default)
    {
        if (freeBytesMin + more == 0) return;
        var free = freeBytes();
        if (free < freeBytesMin + more)
        {
            var beside = more > 0 ? $", beside {more} that are wanted" : "";
            throw new BlobNoSpaceException($"Only {free} bytes are free where blobs are kept; {freeBytesMin} must stay free{beside}.") { Wanted = wanted };
        }
    }

    public static bool IsExhausted(IOException exception) => exception.HResult == NoSpaceLeft || exception.HResult == QuotaExceeded;

    public static BlobNoSpaceException Exhausted(IOException exception, BlobRoom wanted = default) => new("The disk where blobs are kept is full.", exception) { Wanted = wanted };
}
