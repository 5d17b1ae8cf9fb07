namespace Fotograma.Media.Isolation;

/// <summary>Text from the decoder made fit for logs, manifests and pages.</summary>
internal static class PrintableText
{
    /// <summary>The first <paramref name="charactersMax"/> characters of <paramref name="text"/>, control characters and broken surrogates replaced.</summary>
    public static string Of(string text, int charactersMax)
    {
        var length = Math.Min(text.Length, charactersMax);
        return string.Create(length, text, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                var character = source[i];
                var broken = char.IsSurrogate(character) && !IsPairIn(source, i, target.Length);
                target[i] = broken || char.IsControl(character) ? ' ' : character;
            }
        });
    }

    private static bool IsPairIn(string source, int index, int end) => char.IsHighSurrogate(source[index])
        ? index + 1 < end && char.IsLowSurrogate(source[index + 1])
        : index > 0 && char.IsHighSurrogate(source[index - 1]);
}
