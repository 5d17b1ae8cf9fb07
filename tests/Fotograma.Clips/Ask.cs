namespace Fotograma.Clips;

/// <summary>Something to ask of a video, and what must come of it, whoever is asked: the library, the command line or a server.</summary>
/// <param name="Clip">The video.</param>
/// <param name="Text">The options, as <c>name=value;name=value</c>.</param>
/// <param name="SourceFrames">The numbers of the frames that become images.</param>
/// <param name="Warnings">Codes of the warnings.</param>
public sealed record Ask(Clip Clip, string Text, long[] SourceFrames, params string[] Warnings)
{
    /// <summary>One for each way to choose frames, and some for how they are made.</summary>
    public static IReadOnlyList<Ask> All { get; } =
    [
        new(GoodClips.H264Mp4, "fps=30000/1001;maxFrames=2", [0, 1]),
        new(GoodClips.H264Mp4, "every=2;from=1", [30, 90]),
        new(GoodClips.H264Mp4, "every=00:00:01.5;from=0.5;to=3", [15, 60]),
        new(GoodClips.H264Mp4, "count=2;ranges=0-1,2-3", [15, 75]),
        new(GoodClips.H264Mp4, "keyframes=true;ranges=0.5-2.5,3-", [30, 60, 90, 120]),
        new(GoodClips.H264Mp4, "timestamps=0.5,2.5,99,00:01:40", [15, 75], "timestamp_out_of_range", "timestamp_out_of_range"),
        new(GoodClips.H264Mp4, "frames=0,7,100-101,1000", [0, 7, 100, 101], "frame_out_of_range"),
        new(GoodClips.H264Mp4, "all=true;ranges=0.5-0.6,4.9-", [15, 16, 17, 147, 148, 149]),
        new(GoodClips.H264Mp4, "fps=1;crop=64x36+10+5;width=32;format=webp;quality=50;name=shot_{sourceFrame}", [0, 30, 60, 90, 120]),
        new(GoodClips.H264Mp4, "count=1;height=360;enlarge=true;format=jpeg;quality=70;pixels=stored;hdr=keep;deinterlace=off;extras=poster,storyboard,sheet", [75]),
        new(GoodClips.AnamorphicTurned, "frames=3;pixels=stored", [3], "rotation_applied"),
        new(GoodClips.Bt2020TenBit, "frames=7;hdr=keep", [7], "hdr_kept"),
        new(GoodClips.TopFirst, "frames=7;deinterlace=off", [7], "interlaced"),
        new(GoodClips.Slides, "scenes=0.3", [0, 20, 40]),
        new(GoodClips.Slides, "all=true;dedupe=4", [0, 20, 40]),
    ];

    /// <summary>The options by their names.</summary>
    public IReadOnlyDictionary<string, string> Options => Text.Split(';').Select(part => part.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>The options as arguments of a command line, where switches have no value and names no capitals.</summary>
    public IEnumerable<string> Arguments => Options.SelectMany(option => option.Value == "true" ? (string[])[Flag(option.Key)] : [Flag(option.Key), option.Value]);

    /// <inheritdoc/>
    public override string ToString() => $"{Clip} with {Text}";

    private static string Flag(string name) => $"--{string.Concat(name.Select(letter => char.IsUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : $"{letter}"))}";
}
