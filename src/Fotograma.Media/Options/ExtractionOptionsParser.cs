using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Fotograma.Media.Options;

/// <summary>
/// Turns the texts of a form, a query or a command line into <see cref="ExtractionOptions"/>, and stores options as JSON. Both speak
/// the same language: <c>fps</c>, <c>every</c> or <c>count</c> (at most one; without any, one image a second), <c>from</c>, <c>to</c>,
/// <c>maxFrames</c>, <c>width</c>, <c>height</c>, <c>format</c> (<c>png</c>, <c>jpeg</c> or <c>jpg</c>) and <c>quality</c> (JPEG only).
/// Times are seconds (<c>12.5</c>) or <c>HH:MM:SS.mmm</c>. The ranges are in <see cref="OptionRanges"/>.
/// </summary>
public static class ExtractionOptionsParser
{
    private static readonly Rational Zero = new(0, 1);

    /// <summary>How many of <see cref="Names"/>, from the first, choose the sampling.</summary>
    private const int SamplingNames = 3;

    /// <summary>The names of all options.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["fps", "every", "count", "from", "to", "maxFrames", "width", "height", "format", "quality"];

    /// <summary>What is extracted when nothing is asked for: one PNG a second, from start to end.</summary>
    public static ExtractionOptions Default { get; } = new() { Sampling = new Sampling.Rate(new Rational(1, 1)) };

    /// <summary>Reads <paramref name="values"/>. Gives either options, or every problem there is. Blank values count as not given.</summary>
    public static bool TryParse(
        IReadOnlyDictionary<string, string> values, [NotNullWhen(true)] out ExtractionOptions? options, out IReadOnlyList<OptionProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(values);
        var reader = new OptionReader(values);
        reader.RefuseOthersThan(Names);
        var read = new ExtractionOptions
        {
            Sampling = ReadSampling(reader),
            From = reader.Seconds("from", Zero, OptionRanges.PositionSecondsMax),
            To = reader.Seconds("to", Zero, OptionRanges.PositionSecondsMax),
            MaxFrames = reader.Integer("maxFrames", 1, OptionRanges.FramesMax),
            Width = reader.Integer("width", OptionRanges.SidePixelsMin, OptionRanges.SidePixelsMax),
            Height = reader.Integer("height", OptionRanges.SidePixelsMin, OptionRanges.SidePixelsMax),
            Format = ReadFormat(reader),
            Quality = reader.Integer("quality", 1, OptionRanges.QualityMax) ?? Default.Quality,
        };
        if (read.From is { } from && read.To is { } to && to <= from) reader.Report("to", "conflict", "Choose an end that is later than the start.");
        if (reader.Has("quality") && read.Format is not ImageFormat.Jpeg)
            reader.Report("quality", "not_applicable", "Leave quality out, or choose the format jpeg: PNG images are always lossless.");

        problems = reader.Problems;
        options = problems.Count == 0 ? read : null;
        return options is not null;
    }

    /// <summary>Stores options as one JSON object in the parser's own language. Equal options give equal text.</summary>
    public static string ToJson(ExtractionOptions options) => JsonSerializer.Serialize(options, OptionsJson.Default.ExtractionOptions);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">The text is not JSON, or the options in it are not valid.</exception>
    public static ExtractionOptions FromJson(string json) =>
        JsonSerializer.Deserialize(json, OptionsJson.Default.ExtractionOptions) ?? throw new JsonException("Extraction options are missing.");

    private static Sampling ReadSampling(OptionReader reader)
    {
        string[] given = [.. Names.Take(SamplingNames).Where(reader.Has)];
        if (given.Length > 1)
        {
            foreach (var name in given.Skip(1)) reader.Report(name, "conflict", $"Give only one of fps, every and count; {given[0]} is given too.");
        }

        // All are read, so that all their faults are reported.
        var rate = reader.Fraction("fps", OptionRanges.FramesPerSecondMin, OptionRanges.FramesPerSecondMax);
        var every = reader.Seconds("every", OptionRanges.EverySecondsMin, OptionRanges.EverySecondsMax);
        var count = reader.Integer("count", 1, OptionRanges.FramesMax);
        return (every, count) switch
        {
            ({ } seconds, _) => new Sampling.Every(seconds),
            (_, { } frames) => new Sampling.Count(frames),
            _ => rate is { } fps ? new Sampling.Rate(fps) : Default.Sampling,
        };
    }

    private static ImageFormat ReadFormat(OptionReader reader)
    {
        switch (reader.Text("format")?.ToLowerInvariant())
        {
            case null or "png": return ImageFormat.Png;
            case "jpeg" or "jpg": return ImageFormat.Jpeg;
            default:
                reader.Report("format", "invalid", "Choose png or jpeg.");
                return ImageFormat.Png;
        }
    }
}
