using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Fotograma.Media.Options;

/// <summary>Reads single options out of a set of texts and collects what is wrong with them. Blank values count as not given.</summary>
internal sealed class OptionReader(IReadOnlyDictionary<string, string> values)
{
    private readonly List<OptionProblem> problems = [];

    /// <summary>What was wrong so far.</summary>
    public IReadOnlyList<OptionProblem> Problems => problems;

    /// <summary>Whether <paramref name="option"/> has a value.</summary>
    public bool Has(string option) => Text(option) is not null;

    /// <summary>Reports <paramref name="option"/>.</summary>
    public void Report(string option, string code, string message) => problems.Add(new OptionProblem(option, code, message));

    /// <summary>Reports every key that is not in <paramref name="known"/>.</summary>
    public void RefuseOthersThan(IReadOnlyCollection<string> known)
    {
        foreach (var key in values.Keys.Where(key => !known.Contains(key)).Order(StringComparer.Ordinal))
        {
            var near = known.FirstOrDefault(name => name.Equals(key.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
            Report(key, "unknown", near is null
                ? $"There is no option of this name. Use {string.Join(", ", known)}."
                : $"There is no option of this name. Write it as {near}.");
        }
    }

    /// <summary>The trimmed text of <paramref name="option"/>; null when it is missing or blank.</summary>
    public string? Text(string option) =>
        values.TryGetValue(option, out var text) && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>; null when it is missing or was reported.</summary>
    public int? Integer(string option, int least, int most)
    {
        if (Text(option) is not { } text) return null;
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            Report(option, "invalid", string.Create(CultureInfo.InvariantCulture, $"Give a whole number from {least} to {most}."));
            return null;
        }

        if (number >= least && number <= most) return (int)number;
        Report(option, "out_of_range", string.Create(CultureInfo.InvariantCulture, $"Choose a number from {least} to {most}."));
        return null;
    }

    /// <summary>A number or fraction in a range, such as <c>25</c>, <c>2.5</c> or <c>30000/1001</c>.</summary>
    public Rational? Fraction(string option, Rational least, Rational most)
    {
        if (Text(option) is not { } text) return null;
        if (Rational.TryParse(text, out var value)) return InRange(option, value, least, most, "Choose a value");
        Report(option, "invalid", "Give a number such as 25 or 2.5, or a fraction such as 30000/1001.");
        return null;
    }

    /// <summary>A span of time in a range: seconds (<c>12.5</c>) or <c>HH:MM:SS.mmm</c>, hours optional.</summary>
    public Rational? Seconds(string option, Rational least, Rational most)
    {
        return Text(option) is { } text ? SecondsIn(option, text, least, most) : null;
    }

    /// <summary>Reads one span of time out of the value of <paramref name="option"/>; null when it was reported.</summary>
    public Rational? SecondsIn(string option, string text, Rational least, Rational most)
    {
        if (TryParseSeconds(text, out var value)) return InRange(option, value.Value, least, most, "Choose a time in seconds");
        Report(option, "invalid", "Give a time in seconds, such as 12.5, or as HH:MM:SS.mmm, such as 00:01:30.500.");
        return null;
    }

    /// <summary>Yes or no: <c>true</c>, <c>false</c>, and what people write for them; null when it is missing or was reported.</summary>
    public bool? Switch(string option)
    {
        switch (Text(option)?.ToLowerInvariant())
        {
            case null: return null;
            case "true" or "yes" or "on" or "1": return true;
            case "false" or "no" or "off" or "0": return false;
            default:
                Report(option, "invalid", "Give true or false.");
                return null;
        }
    }

    /// <summary>One of a few words; null when it is missing or was reported.</summary>
    public T? Word<T>(string option, params (string Word, T Value)[] words) where T : struct
    {
        if (Text(option)?.ToLowerInvariant() is not { } text) return null;
        foreach (var (word, value) in words)
        {
            if (word == text) return value;
        }

        Report(option, "invalid", $"Choose {string.Join(" or ", words.DistinctBy(word => word.Value).Select(word => word.Word))}.");
        return null;
    }

    private Rational? InRange(string option, Rational value, Rational least, Rational most, string advice)
    {
        if (value < least || value > most) Report(option, "out_of_range", $"{advice} from {least} to {most}.");
        else if (Math.Max(value.Numerator, value.Denominator) > OptionRanges.FractionTermMax)
            Report(option, "out_of_range", $"Give the value with fewer digits: numerator and denominator may be at most {OptionRanges.FractionTermMax}.");
        else return value;
        return null;
    }

    private static bool TryParseSeconds(string text, [NotNullWhen(true)] out Rational? value)
    {
        value = null;
        var parts = text.Split(':');
        if (parts.Length > 3 || (parts.Length > 1 && text.Contains('/', StringComparison.Ordinal))) return false;
        if (!Rational.TryParse(parts[^1], out var seconds)) return false;
        if (parts.Length == 1)
        {
            value = seconds;
            return true;
        }

        // After a colon only clock digits make sense: 1:75 or 1:-5 is a mistake, not arithmetic.
        if (!char.IsAsciiDigit(parts[^1][0]) || seconds >= new Rational(60, 1)) return false;
        if (!TryParseClock(parts[^2], parts.Length == 3 ? 59 : 10_080, out var minutes)) return false;
        var hours = 0;
        if (parts.Length == 3 && !TryParseClock(parts[0], 168, out hours)) return false;
        value = new Rational(seconds.Numerator + seconds.Denominator * (hours * 3600L + minutes * 60L), seconds.Denominator);
        return true;
    }

    private static bool TryParseClock(string text, int most, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= most;
}
