using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Fotograma.Media.Options;

/// <summary>
/// How the images in an archive are called, without the extension: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, with at least one of the
/// placeholders <c>{index}</c> (from 1, six digits), <c>{time}</c> (seconds with six decimals), <c>{pts}</c> and <c>{sourceFrame}</c>.
/// </summary>
public sealed record NameTemplate
{
    /// <summary>Longest template, in characters.</summary>
    public const int LengthMax = 100;

    private static readonly string[] Placeholders = ["{index}", "{time}", "{pts}", "{sourceFrame}"];

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
        if (text.Length is 0 or > LengthMax || !Placeholders.Any(text.Contains)) return false;
        var rest = Placeholders.Aggregate(text, (left, placeholder) => left.Replace(placeholder, "0", StringComparison.Ordinal));
        if (rest[0] is '.' or '-' || rest[^1] == '.' || rest.Contains("..", StringComparison.Ordinal)) return false;
        if (!rest.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')) return false;
        template = new NameTemplate(text);
        return true;
    }

    /// <summary>The name of one image. <paramref name="sourceFrame"/> is -1 when unknown.</summary>
    public string Of(int index, string time, long pts, long sourceFrame) => new StringBuilder(Text)
        .Replace("{index}", index.ToString("D6", CultureInfo.InvariantCulture))
        .Replace("{time}", time)
        .Replace("{pts}", pts.ToString(CultureInfo.InvariantCulture))
        .Replace("{sourceFrame}", sourceFrame < 0 ? "unknown" : sourceFrame.ToString(CultureInfo.InvariantCulture))
        .ToString();

    /// <inheritdoc/>
    public override string ToString() => Text;
}
