using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Fotograma.Media.Options;

/// <summary>
/// How the images in an archive are called, without the extension: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, with at least one of the
/// placeholders <c>{index}</c> (from 1, six digits), <c>{time}</c> (seconds with six decimals), <c>{pts}</c> and <c>{sourceFrame}</c>, and each of
/// them once at most: no video, whatever its times, makes a name longer than <see cref="NameCharactersMax"/>.
/// </summary>
public sealed record NameTemplate
{
    /// <summary>Longest template, in characters.</summary>
    public const int LengthMax = 100;

    /// <summary>Longest name of an image, without its folder and its extension, in characters.</summary>
    public const int NameCharactersMax = 200;

    /// <summary>The placeholders, each with a value that it may have.</summary>
    private static readonly (string Text, string Example)[] Placeholders = [("{index}", "000001"), ("{time}", "1.000000"), ("{pts}", "1"), ("{sourceFrame}", "1")];

    /// <summary>What Windows takes for devices, whatever follows behind a dot.</summary>
    private static readonly HashSet<string> Devices = new(
        [.. from device in (string[])["COM", "LPT"] from number in Enumerable.Range(0, 10) select $"{device}{number}", "CON", "PRN", "AUX", "NUL"], StringComparer.OrdinalIgnoreCase);

    private NameTemplate(string text) => Text = text;

    /// <summary><c>frame_{index}</c>.</summary>
    public static NameTemplate Default { get; } = new("frame_{index}");

    /// <summary>The template as it was given.</summary>
    public string Text { get; }

    /// <summary>Reads a template. Anything that could leave the folder, hide a file or trouble a file system is refused.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NameTemplate? template)
    {
        ArgumentNullException.ThrowIfNull(text);
        template = null;
        int[] counts = [.. Placeholders.Select(placeholder => text.Split(placeholder.Text).Length - 1)];
        if (counts.Max() != 1 || !IsHarmless(text) || Devices.Contains(Filled(text).Split('.')[0])) return false;
        template = new NameTemplate(text);
        return true;
    }

    /// <summary>Reads a template that names images which are there already: what is refused today may have been good enough once.</summary>
    internal static NameTemplate? OfStored(string text) => IsHarmless(text) ? new NameTemplate(text) : null;

    private static bool IsHarmless(string text)
    {
        if (text.Length is 0 or > LengthMax) return false;
        var name = Filled(text);
        return name[0] is not ('.' or '-') && name[^1] != '.' && !name.Contains("..", StringComparison.Ordinal)
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
    }

    private static string Filled(string text) =>
        Placeholders.Aggregate(text, (left, placeholder) => left.Replace(placeholder.Text, placeholder.Example, StringComparison.Ordinal));

    /// <summary>
    /// The name of one image. <paramref name="sourceFrame"/> is -1 when unknown. Where a negative time stands at the beginning, <c>_</c> comes before it:
    /// programs take a name that begins with <c>-</c> for an option.
    /// </summary>
    public string Of(int index, string time, long pts, long sourceFrame)
    {
        var name = new StringBuilder(Text)
            .Replace("{index}", index.ToString("D6", CultureInfo.InvariantCulture))
            .Replace("{time}", time)
            .Replace("{pts}", pts.ToString(CultureInfo.InvariantCulture))
            .Replace("{sourceFrame}", sourceFrame < 0 ? "unknown" : sourceFrame.ToString(CultureInfo.InvariantCulture));
        return name[0] == '-' ? $"_{name}" : name.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
