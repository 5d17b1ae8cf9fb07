namespace Fotograma.Auth.Tokens;

/// <summary>Writes small files whole or not at all.</summary>
internal static class KeyFiles
{
    /// <summary>Makes a folder that only the owner can enter.</summary>
    public static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Writes the file unless it exists; when two processes try at once, the first one's bytes stay.</summary>
    public static void CreateOnce(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode)
    {
        var draft = WriteDraft(path, bytes, mode);
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }

    /// <summary>Writes the file, replacing an older one in a single step.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode) => File.Move(WriteDraft(path, bytes, mode), path, overwrite: true);

    private static string WriteDraft(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode)
    {
        var draft = $"{path}.{Path.GetRandomFileName()}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using var stream = new FileStream(draft, options);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
        return draft;
    }
}
