using System.Globalization;
using System.Text;

namespace Fotograma.Video.Uploads;

/// <summary>
/// What is kept of the name a file was sent under: text to show, never part of a path or key. The last segment, without control, format
/// (bidirectional) and unpaired surrogate characters, at most <see cref="BytesMax"/> bytes of UTF-8. Cleaning twice changes nothing.
/// </summary>
internal static class DisplayName
{
    public const int BytesMax = 255;
    private const string Fallback = "video";

    public static string Clean(string? sent)
    {
        if (string.IsNullOrWhiteSpace(sent)) return Fallback;
        var last = sent[(sent.LastIndexOfAny(['/', '\\']) + 1)..];
        var kept = new StringBuilder(last.Length);
        foreach (var rune in last.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || IsUnwanted(rune)) continue;
            kept.Append(rune);
        }
        var clean = Shorten(kept.ToString()).Trim();
        return clean.Trim('.').Length == 0 ? Fallback : clean;
    }

    private static bool IsUnwanted(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Shorten(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= BytesMax) return name;
        var extension = Path.GetExtension(name);
        if (Encoding.UTF8.GetByteCount(extension) > 20) extension = "";
        var room = BytesMax - Encoding.UTF8.GetByteCount(extension);
        var stem = new StringBuilder();
        foreach (var rune in name[..^extension.Length].EnumerateRunes())
        {
            room -= rune.Utf8SequenceLength;
            if (room < 0) break;
            stem.Append(rune);
        }
        return stem + extension;
    }
}
