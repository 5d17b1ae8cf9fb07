namespace Fotograma.Media.Options;

/// <summary>Reads which frames are wanted.</summary>
internal static class SamplingReader
{
    private static readonly Rational Zero = new(0, 1);
    private static readonly Rational One = new(1, 1);

    /// <summary>The options that choose; at most one may be given.</summary>
    public static IReadOnlyList<string> Names { get; } = ["fps", "every", "count", "timestamps", "frames", "keyframes", "scenes", "all"];

    /// <summary>Reads the choice. Problems go to the reader; the result then is a placeholder.</summary>
    public static Sampling Read(OptionReader reader)
    {
        string[] given = [.. Names.Where(name => IsGiven(reader, name))];
        foreach (var name in given.Skip(1)) reader.Report(name, "conflict", $"Give only one of {string.Join(", ", Names)}; {given[0]} is given too.");

        // All are read, so that all their faults are reported.
        Sampling?[] read = [.. Names.Select(name => Read(reader, name))];
        return read.FirstOrDefault(sampling => sampling is not null) ?? ExtractionOptionsParser.Default.Sampling;
    }

    /// <summary>Writes one kind as the option and the text that <see cref="Read(OptionReader)"/> reads.</summary>
    public static (string Name, string Text) Write(Sampling sampling) => sampling switch
    {
        Sampling.Rate rate => ("fps", rate.FramesPerSecond.ToString()),
        Sampling.Every every => ("every", every.Seconds.ToString()),
        Sampling.Count count => ("count", $"{count.Frames}"),
        Sampling.Timestamps moments => ("timestamps", string.Join(',', moments.Seconds)),
        Sampling.Numbered frames => ("frames", string.Join(',', frames.Numbers.Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}"))),
        Sampling.KeyFrames => ("keyframes", "true"),
        Sampling.Scenes scenes => ("scenes", scenes.Threshold.ToString()),
        Sampling.All => ("all", "true"),
        _ => throw new ArgumentOutOfRangeException(nameof(sampling)),
    };

    /// <summary>"No" chooses nothing.</summary>
    private static bool IsGiven(OptionReader reader, string name) =>
        reader.Text(name) is { } text && !(name is "keyframes" or "scenes" or "all" && text.ToLowerInvariant() is "false" or "no" or "off");

    private static Sampling? Read(OptionReader reader, string name)
    {
        if (!IsGiven(reader, name)) return null;
        return name switch
        {
            "fps" => reader.Fraction(name, OptionRanges.FramesPerSecondMin, OptionRanges.FramesPerSecondMax) is { } rate ? new Sampling.Rate(rate) : null,
            "every" => reader.Seconds(name, OptionRanges.EverySecondsMin, OptionRanges.EverySecondsMax) is { } step ? new Sampling.Every(step) : null,
            "count" => reader.Integer(name, 1, OptionRanges.FramesMax) is { } frames ? new Sampling.Count(frames) : null,
            "timestamps" => OptionLists.Timestamps(reader, name) is { } moments ? new Sampling.Timestamps(moments) : null,
            "frames" => OptionLists.Frames(reader, name) is { } numbers ? new Sampling.Numbered(numbers) : null,
            "keyframes" => reader.Switch(name) is true ? new Sampling.KeyFrames() : null,
            "scenes" => ReadScenes(reader, name),
            _ => reader.Switch(name) is true ? new Sampling.All() : null,
        };
    }

    private static Sampling.Scenes? ReadScenes(OptionReader reader, string name)
    {
        if (reader.Text(name)?.ToLowerInvariant() is "true" or "yes" or "on") return new Sampling.Scenes(OptionRanges.SceneThresholdDefault);
        return reader.Fraction(name, Zero, One) is { } threshold ? new Sampling.Scenes(threshold) : null;
    }
}
