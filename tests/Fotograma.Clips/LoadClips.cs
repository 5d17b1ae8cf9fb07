namespace Fotograma.Clips;

/// <summary>Files that keep a machine busy for a while.</summary>
public static class LoadClips
{
    /// <summary>Noise does not compress: every frame of it as PNG is work for seconds on any machine.</summary>
    public static Clip Busy { get; } = Clip.Of("busy.mp4", "Takes long enough to be interrupted.",
        "-f lavfi -i testsrc2=s=1280x720:r=30:d=12,noise=alls=20:allf=t -c:v libx264 -preset ultrafast -crf 30 -pix_fmt yuv420p -g 60");

    /// <summary>One group of pictures that is copied over and over.</summary>
    private static Clip Minute { get; } = Clip.Of("minute.mp4", "What three hours are made of.",
        "-f lavfi -i testsrc=s=32x32:r=30:d=60 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 60 -bf 2");

    /// <summary>As many packets as a long recording has, and next to no pictures in them: 324,000.</summary>
    public static IReadOnlyList<Clip> ThreeHours { get; } =
    [
        Clip.Cut("threehours.mp4", "Three hours whose index names every packet.", Minute, "-stream_loop 179", "-c copy"),
        Clip.Cut("threehours.mkv", "Three hours in which every packet has to be met.", Minute, "-stream_loop 179", "-c copy"),
    ];

    /// <summary>Large pictures of almost no bytes: each takes 50 MB of memory.</summary>
    public static Clip Large { get; } = Clip.Of("large.mp4", "Few bytes that need much memory.",
        "-f lavfi -i color=black:s=7680x4320:r=25:d=0.2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p");

    /// <summary>The same with ten bits: each picture takes 100 MB.</summary>
    public static Clip LargeTen { get; } = Clip.Of("largeten.mp4", "Few bytes that need very much memory.",
        "-f lavfi -i color=black:s=7680x4320:r=25:d=0.2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p10le");

    /// <summary>Packets of several megabytes: memory may run out where they are read, too.</summary>
    public static Clip Heavy { get; } = Clip.Of("heavy.mkv", "Pictures of many bytes.",
        "-f lavfi -i testsrc2=s=3840x2160:r=25:d=0.2,noise=alls=90:allf=t -c:v mjpeg -q:v 1 -qmin 1 -pix_fmt yuvj420p");
}
