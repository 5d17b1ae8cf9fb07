namespace Fotograma.Server.Cli;

/// <summary>
/// Lists too long for a command line: <c>@FILE</c> stands for the file's content, one or several items a line, with commas between those of one
/// line. Empty lines and what follows a <c>#</c> are passed over.
/// </summary>
internal static class ListFile
{
    private const int BytesMax = 1 << 20;

    /// <summary>The value itself, or what is in the file it names; null, with a sentence, when that cannot be read.</summary>
    public static string? Expand(string value, out string? problem)
    {
        problem = null;
        if (!value.StartsWith('@')) return value;
        var path = value[1..];
        try
        {
            if (Read(path) is { } text) return string.Join(',', text.Split('\n').Select(line => line.Split('#')[0].Trim().Trim(',')).Where(line => line.Length > 0));
            problem = $"{path} is larger than {BytesMax} bytes.";
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = $"{path} cannot be read: {exception.Message}";
            return null;
        }
    }

    // Pipes and devices have no length, and some have no end.
    private static string? Read(string path)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[BytesMax + 1];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > BytesMax) return null;
        using var text = new StreamReader(new MemoryStream(bytes, 0, length));
        return text.ReadToEnd().ReplaceLineEndings("\n");
    }
}
