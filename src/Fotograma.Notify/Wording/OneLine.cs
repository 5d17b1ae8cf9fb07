using System.Globalization;
using System.Text;

namespace Fotograma.Notify.Wording;

/// <summary>Makes a stranger's text fit for one line of a letter.</summary>
internal static class OneLine
{
    private const int CharactersMax = 120;

    /// <summary>
    /// Control characters and line breaks become spaces; invisible direction marks, with which a name could show itself as another, go; what is too long is cut.
    /// </summary>
    public static string Of(string text)
    {
        var line = new StringBuilder();
        var characters = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (characters == CharactersMax) return line.Append('…').ToString();
            var category = Rune.GetUnicodeCategory(rune);
            if (IsDirectionMark(rune.Value)) continue;
            var breaks = category is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            line.Append(breaks ? " " : rune.ToString());
            characters++;
        }
        return line.ToString().Trim();
    }

    private static bool IsDirectionMark(int value) => value is 0x200E or 0x200F or 0x061C or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
