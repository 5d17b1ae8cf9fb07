namespace Fotograma.Blobs.Drivers.Files;

/// <summary>Whether blobs could be kept in a folder. A folder that is made at the first start is not made by the question; then the nearest one above it is tried.</summary>
internal static class FolderTrial
{
    /// <returns>What was tried, for the operator.</returns>
    /// <exception cref="IOException">It cannot be written to, or too little is free; the message says which folder.</exception>
    public static string Run(string folder, long freeBytesMin, string name)
    {
        var tried = Path.GetFullPath(folder);
        while (!Directory.Exists(tried))
            tried = Path.GetDirectoryName(tried) ?? throw new IOException($"Neither {folder} nor any folder above it exists.");
        try
        {
            using var file = new FileStream(
                Path.Combine(tried, $".trial-{name}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            file.WriteByte(0);
            file.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new IOException($"The folder {tried} cannot be written to.", exception);
        }
        FreeSpace.Under(tried, freeBytesMin).MustSuffice();
        return tried == Path.GetFullPath(folder) ? $"{tried}: written and deleted" : $"{folder} will be made at the start; {tried} can be written to";
    }
}
