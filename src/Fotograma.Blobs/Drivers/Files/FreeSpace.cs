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

    public void MustSuffice()
    {
        if (freeBytesMin == 0) return;
        var free = freeBytes();
        if (free < freeBytesMin)
            throw new BlobNoSpaceException($"Only {free} bytes are free where blobs are kept; {freeBytesMin} must stay free.");
    }

    public static bool IsExhausted(IOException exception) => exception.HResult == NoSpaceLeft || exception.HResult == QuotaExceeded;

    public static BlobNoSpaceException Exhausted(IOException exception) => new("The disk where blobs are kept is full.", exception);
}
