using System.Text;

namespace Fotograma.Media.Input;

/// <summary>
/// What the first bytes of a file give away. It only chooses the words of a refusal: what may be opened is decided by <see cref="AllowList"/>.
/// </summary>
internal static class FirstBytes
{
    /// <summary>How much of the file is looked at.</summary>
    public const int Count = 4096;

    private static ReadOnlySpan<byte> MatroskaStart => [0x1A, 0x45, 0xDF, 0xA3];

    private static ReadOnlySpan<byte> AsfStart => [0x30, 0x26, 0xB2, 0x75];

    private static readonly string[] PlaylistStarts = ["#EXTM3U", "ffconcat", "[playlist]", "[reference]", "v=0"];

    private static readonly string[] PlaylistElements = ["<MPD", "<playlist", "<SmoothStreamingMedia", "<smil", "<asx"];

    private static readonly string[] IsoBoxes = ["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"];

    /// <summary>The file names other files.</summary>
    public static bool ArePlaylist(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (PlaylistStarts.Any(start => text.StartsWith(start, StringComparison.OrdinalIgnoreCase))) return true;
        return text.StartsWith('<') && PlaylistElements.Any(element => text.Contains(element, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The file starts like a container on the allow-list, so if it cannot be opened it is damaged and not something else.</summary>
    public static bool AreContainer(ReadOnlySpan<byte> bytes)
    {
        const int IsoTypeStart = 4;
        const int IsoTypeEnd = 8;
        if (bytes.Length >= IsoTypeEnd && IsoBoxes.Contains(Encoding.Latin1.GetString(bytes[IsoTypeStart..IsoTypeEnd]))) return true;
        return bytes.StartsWith(MatroskaStart) || bytes.StartsWith(AsfStart) || bytes.StartsWith("FLV"u8) || bytes.StartsWith("OggS"u8)
            || (bytes.StartsWith("RIFF"u8) && bytes.Length >= 12 && bytes[8..12].SequenceEqual("AVI "u8));
    }
}
