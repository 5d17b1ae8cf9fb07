using System.Text.RegularExpressions;

namespace Fotograma.Blobs;

/// <summary>
/// What a key may look like: segments of lower-case letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, joined by <c>/</c>, each beginning with a letter or a digit.
/// Keys are made by the program from generated ids, never from what a person typed.
/// </summary>
public static partial class BlobKey
{
    /// <summary>Longest key, in characters.</summary>
    public const int CharactersMax = 512;

    /// <summary>Longest segment of a key, in characters.</summary>
    public const int SegmentCharactersMax = 200;

    /// <summary>True when <paramref name="key"/> can name a blob.</summary>
    public static bool IsValid(string key) => key.Length <= CharactersMax && Shape().IsMatch(key);

    internal static string Checked(string key) =>
        IsValid(key) ? key : throw new ArgumentException($"'{key}' is not a blob key.", nameof(key));

    /// <summary>A prefix is empty or whole segments with a closing slash, so that <c>jobs/1/</c> never also means <c>jobs/10/</c>.</summary>
    internal static string CheckedPrefix(string prefix) =>
        prefix.Length == 0 || (prefix[^1] == '/' && IsValid(prefix[..^1])) ? prefix : throw new ArgumentException($"'{prefix}' is not a blob prefix.", nameof(prefix));

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,199}(/[a-z0-9][a-z0-9._-]{0,199})*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
