using System.Globalization;
using System.Reflection;
using Fotograma.Media.Isolation;

namespace Fotograma.Server.Cli;

/// <summary>Limits of the decoder as they are written on the command line: <c>DurationSecondsMax=86400,StreamsMax=200</c>.</summary>
internal static class LimitList
{
    private static readonly Dictionary<string, PropertyInfo> Known =
        typeof(DecoderLimits).GetProperties().Where(property => property.CanWrite).ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The usual limits with those in <paramref name="text"/>; adds what is wrong to <paramref name="problems"/>.</summary>
    public static DecoderLimits Read(string? text, List<string> problems)
    {
        var limits = new DecoderLimits();
        var given = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            var (name, number) = part.Split('=', 2, StringSplitOptions.TrimEntries) is [var left, var right] ? (left, right) : (part, "");
            if (!Known.TryGetValue(name, out var limit)) problems.Add($"--limits: '{name}' is none of {string.Join(", ", Known.Keys)}.");
            else if (!given.Add(name)) problems.Add($"--limits: give {limit.Name} only once.");
            else if (Parsed(number, limit.PropertyType) is { } value) limit.SetValue(limits, value);
            else problems.Add($"--limits: {limit.Name} takes a whole number, as in {limit.Name}={limit.GetValue(limits)}.");
        }

        problems.AddRange(limits.Problems().Select(problem => $"--limits: {problem}"));
        return limits;
    }

    private static object? Parsed(string number, Type type)
    {
        if (type == typeof(int)) return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var small) ? small : null;
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var large) ? large : null;
    }
}
