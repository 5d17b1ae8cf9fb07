using System.Diagnostics;
using Fotograma.Media.Png;

namespace Fotograma.Media.Tests.Png;

public sealed class PngEncoderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(1, 7, 3)]
    [InlineData(3, 2, 9)]
    [InlineData(33, 17, 99)]
    [InlineData(64, 48, 256)]
    [InlineData(721, 405, 2240)]
    [InlineData(1920, 1080, 5760)]
    [InlineData(70_001, 2, 210_003)]
    public async Task Ffmpeg_reads_back_the_very_pixels_that_were_encoded(int width, int height, int stride)
    {
        using var encoder = new PngEncoder();
        var picture = Noise(stride * height, seed: width);

        var png = encoder.Encode(picture, width, height, stride).ToArray();

        (await DecodeAsync(png)).ShouldBe(Tight(picture, width, height, stride));
    }

    [Fact]
    public async Task An_encoder_can_be_used_again_for_a_smaller_picture()
    {
        using var encoder = new PngEncoder(compressionLevel: 1);
        encoder.Encode(Noise(300 * 3 * 200, seed: 1), 300, 200, 900);
        var small = Noise(5 * 3 * 4, seed: 2);

        (await DecodeAsync(encoder.Encode(small, 5, 4, 15).ToArray())).ShouldBe(small);
    }

    [Fact]
    public void The_last_row_needs_no_padding_after_it()
    {
        using var encoder = new PngEncoder();

        Should.NotThrow(() => encoder.Encode(new byte[64 + 30], 10, 2, 64));
        Should.Throw<ArgumentException>(() => encoder.Encode(new byte[64 + 29], 10, 2, 64));
        Should.Throw<ArgumentException>(() => encoder.Encode(new byte[100], 10, 2, 29));
    }

    private static byte[] Noise(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Tight(byte[] picture, int width, int height, int stride) =>
        [.. Enumerable.Range(0, height).SelectMany(y => picture.AsSpan(y * stride, width * 3).ToArray())];

    private static async Task<byte[]> DecodeAsync(byte[] png)
    {
        string[] arguments = ["-v", "error", "-xerror", "-err_detect", "crccheck+explode", "-f", "png_pipe", "-i", "pipe:0", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"];
        using var ffmpeg = Process.Start(new ProcessStartInfo("ffmpeg", arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        using var pixels = new MemoryStream();
        var reading = ffmpeg.StandardOutput.BaseStream.CopyToAsync(pixels, Cancellation);
        var complaints = ffmpeg.StandardError.ReadToEndAsync(Cancellation);
        await ffmpeg.StandardInput.BaseStream.WriteAsync(png, Cancellation);
        ffmpeg.StandardInput.Close();
        await reading;
        await ffmpeg.WaitForExitAsync(Cancellation);
        (await complaints).ShouldBeEmpty();
        ffmpeg.ExitCode.ShouldBe(0);
        return pixels.ToArray();
    }
}
