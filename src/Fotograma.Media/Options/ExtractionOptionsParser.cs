using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Fotograma.Media.Options;

/// <summary>
/// Turns the texts of a form, a query or a command line into <see cref="ExtractionOptions"/>, and stores options as JSON. Both speak
/// the same language. At most one of <c>fps</c>, <c>every</c>, <c>count</c>, <c>timestamps</c> (<c>1.5,00:02:00</c>), <c>frames</c>
/// (<c>0,10,250-260</c>), <c>keyframes</c> (<c>true</c>), <c>scenes</c> (a threshold, or <c>true</c>) and <c>all</c> (<c>true</c>); without any,
/// one image a second. Then <c>from</c> and <c>to</c>, or <c>ranges</c> (<c>10-20,300-</c>); <c>maxFrames</c>, <c>dedupe</c> (bits), <c>crop</c>
/// (<c>WIDTHxHEIGHT+LEFT+TOP</c>), <c>width</c>, <c>height</c>, <c>enlarge</c>, <c>pixels</c> (<c>square</c> or <c>stored</c>), <c>hdr</c> (<c>sdr</c> or
/// <c>keep</c>), <c>deinterlace</c> (<c>auto</c>, <c>on</c>, <c>off</c>), <c>format</c> (<c>png</c>, <c>jpeg</c>, <c>webp</c>), <c>quality</c>, <c>name</c>
/// (a <see cref="NameTemplate"/>) and <c>extras</c> (<c>poster,storyboard,sheet</c>). Times are seconds (<c>12.5</c>) or <c>HH:MM:SS.mmm</c>. The
/// ranges are in <see cref="OptionRanges"/>.
/// </summary>
public static class ExtractionOptionsParser
{
    /// <summary>The names of all options.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. SamplingReader.Names, "from", "to", "ranges", "maxFrames", "dedupe", "crop", "width", "height", "enlarge", "pixels", "hdr", "deinterlace",
        "format", "quality", "name", "extras",
    ];

    /// <summary>The names of those that say which frames; at most one of them may be given.</summary>
    public static IReadOnlyList<string> SamplingNames => SamplingReader.Names;

    /// <summary>What is extracted when nothing is asked for: one PNG a second, from start to end.</summary>
    public static ExtractionOptions Default { get; } = new() { Sampling = new Sampling.Rate(new Rational(1, 1)) };

    /// <summary>Reads <paramref name="values"/>. Gives either options, or every problem there is. Blank values count as not given.</summary>
    public static bool TryParse(
        IReadOnlyDictionary<string, string> values, [NotNullWhen(true)] out ExtractionOptions? options, out IReadOnlyList<OptionProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(values);
        var reader = new OptionReader(values);
        reader.RefuseOthersThan(Names);
        var sampling = SamplingReader.Read(reader);
        var picture = PictureReader.Read(reader, new ExtractionOptions { Sampling = sampling });
        var read = picture with
        {
            Ranges = ReadRanges(reader),
            MaxFrames = reader.Integer("maxFrames", 1, OptionRanges.FramesMax),
            DuplicateDistance = reader.Integer("dedupe", 0, OptionRanges.DuplicateDistanceMax),
        };
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

    private static ValueList<TimeRange> ReadRanges(OptionReader reader)
    {
        var zero = new Rational(0, 1);
        var from = reader.Seconds("from", zero, OptionRanges.PositionSecondsMax);
        var to = reader.Seconds("to", zero, OptionRanges.PositionSecondsMax);
        var ranges = OptionLists.Ranges(reader, "ranges");
        if (from is { } start && to is { } end && end <= start) reader.Report("to", "conflict", "Choose an end that is later than the start.");
        if (reader.Has("ranges") && (reader.Has("from") || reader.Has("to"))) reader.Report("ranges", "conflict", "Give either ranges, or from and to.");
        return ranges ?? (from is null && to is null ? [] : [new TimeRange(from, to)]);
    }
}
