namespace Fotograma.Clips;

/// <summary>Files that keep a machine busy for a while.</summary>
public static class LoadClips
{
    /// <summary>Noise does not compress: every frame of it as PNG is work for seconds on any machine.</summary>
    public static Clip Busy { get; } = Clip.Of("busy.mp4", "Takes long enough to be interrupted.",
        "-f lavfi -i testsrc2=s=1280x720:r=30:d=12,noise=alls=20:allf=t -c:v libx264 -preset ultrafast -crf 30 -pix_fmt yuv420p -g 60");

    /// <summary>Large pictures of almost no bytes: each takes 50 MB of memory.</summary>
    public static Clip Large { get; } = Clip.Of("large.mp4", "Few bytes that need much memory.",
        "-f lavfi -i color=black:s=7680x4320:r=25:d=0.4 -c:v libx264 -preset ultrafast -pix_fmt yuv420p");
}
