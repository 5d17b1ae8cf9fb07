using System.Globalization;

namespace Fotograma.Media.Isolation;

/// <summary>Text from the decoder made fit for logs, manifests and pages.</summary>
internal static class PrintableText
{
    /// <summary>The first <paramref name="charactersMax"/> characters of <paramref name="text"/>, control characters, broken surrogates and what changes the order of
    /// others or cannot be seen replaced.</summary>
    public static string Of(string text, int charactersMax)
    {
        var length = Math.Min(text.Length, charactersMax);
        return string.Create(length, text, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                var character = source[i];
                var broken = char.IsSurrogate(character) && !IsPairIn(source, i, target.Length);
                target[i] = broken || IsInvisible(source, i) ? ' ' : character;
            }
        });
    }

    // Of a pair both halves are asked, so both are replaced.
    private static bool IsInvisible(string source, int index)
    {
        var first = char.IsLowSurrogate(source[index]) && index > 0 && char.IsHighSurrogate(source[index - 1]) ? index - 1 : index;
        return CharUnicodeInfo.GetUnicodeCategory(source, first)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
    }

    private static bool IsPairIn(string source, int index, int end) => char.IsHighSurrogate(source[index])
        ? index + 1 < end && char.IsLowSurrogate(source[index + 1])
        : index > 0 && char.IsHighSurrogate(source[index - 1]);
}
