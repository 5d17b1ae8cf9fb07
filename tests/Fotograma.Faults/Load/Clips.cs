using System.Diagnostics;

namespace Fotograma.Faults.Load;

/// <summary>The videos that are uploaded: one that takes no time, and one that takes a second or two.</summary>
internal sealed record Clips(byte[] Short, byte[] Long)
{
    /// <summary>Images of the short clip, and of the long one as it is uploaded.</summary>
    public const int ShortFrames = 2;

    /// <summary>Images of the long clip.</summary>
    public const int LongFrames = 60;

    public static async Task<Clips> MakeAsync(CancellationToken cancellation) => new(
        await MakeAsync("-f lavfi -i testsrc=s=64x48:r=10:d=2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p", cancellation),
        await MakeAsync("-f lavfi -i testsrc2=s=1280x720:r=30:d=3,noise=alls=20:allf=t -c:v libx264 -preset ultrafast -crf 30 -pix_fmt yuv420p -g 60", cancellation));

    private static async Task<byte[]> MakeAsync(string arguments, CancellationToken cancellation)
    {
        var file = Path.Combine(Path.GetTempPath(), $"fotograma-faults-{Path.GetRandomFileName()}.mp4");
        try
        {
            using var process = Process.Start("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments.Split(' '), file]);
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0) throw new InvalidOperationException($"ffmpeg ended with {process.ExitCode}.");
            return await File.ReadAllBytesAsync(file, cancellation);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
