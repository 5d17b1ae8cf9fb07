namespace Fotograma.Clips;

/// <summary>H.264 whose pictures refer to each other in as many ways as an encoder can be talked into.</summary>
public static class ReferenceClips
{
    /// <summary>What is told to x264 for each, and whether pictures can be spared that are marked as references.</summary>
    public static IReadOnlyList<(string Parameters, bool Spares)> All { get; } =
    [
        ("ref=1:bframes=3:b-pyramid=normal", true),
        ("ref=1:bframes=3:b-pyramid=strict", true),
        ("ref=1:bframes=8:b-adapt=2:b-pyramid=normal", true),
        ("ref=1:bframes=3:b-pyramid=normal:slices=4", true),
        ("ref=1:bframes=3:b-pyramid=normal:no-cabac=1", true),
        ("ref=1:bframes=3:b-pyramid=normal:direct=temporal", true),
        ("ref=1:bframes=3:b-pyramid=normal:direct=spatial:weightb=0", true),
        ("ref=1:bframes=3:b-pyramid=normal:weightp=2", true),
        ("ref=1:bframes=3:b-pyramid=normal:cqm=jvt:8x8dct=1", true),
        ("ref=1:bframes=3:b-pyramid=normal:constrained-intra=1:no-deblock=1", true),
        ("ref=1:bframes=3:b-pyramid=normal:keyint=infinite", true),
        ("ref=1:bframes=2:b-pyramid=none", false),
        ("ref=1:bframes=0", false),
        ("ref=2:bframes=3:b-pyramid=normal", false),
        ("ref=3:bframes=3:b-adapt=2:b-pyramid=normal:weightp=2", false),
        ("ref=5:bframes=5:b-adapt=2:b-pyramid=strict:partitions=all:direct=auto", true),
        ("ref=16:bframes=16:b-adapt=2:b-pyramid=normal", false),
        ("ref=4:bframes=0:weightp=2", false),
        ("ref=4:bframes=3:keyint=infinite", false),
        ("ref=1:bframes=3:b-pyramid=normal:interlaced=1", false),
        ("ref=2:bframes=3:intra-refresh=1", true),
        ("ref=3:bframes=3:b-pyramid=strict:bluray-compat=1:slices=4:keyint=24", true),
    ];

    /// <summary>A moving picture of 60 frames, with a cut and a fade, as these parameters code it.</summary>
    public static Clip Of(string parameters, string kind = "mp4") => Clip.Of(
        $"references.{kind}", parameters,
        "-f lavfi -i testsrc2=s=96x64:r=25:d=1.2 -f lavfi -i mandelbrot=s=96x64:r=25 -filter_complex [1]trim=duration=1.2,fade=in:0:10[b];[0][b]concat=n=2 "
        + $"-c:v libx264 -preset medium -pix_fmt yuv420p -x264-params {parameters}");
}
