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
        var encoder = new PngEncoder();
        var picture = Noise(stride * height, seed: width);

        var png = encoder.Encode(picture, width, height, stride).ToArray();

        (await DecodeAsync(png, "rgb24")).AsSpan().SequenceEqual(Pictures.Tight(picture, width * 3, height, stride)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("smooth")]
    [InlineData("text")]
    [InlineData("grey noise")]
    [InlineData("rare values")]
    public async Task Ffmpeg_reads_back_pictures_of_every_kind_and_those_with_alpha(string kind)
    {
        var encoder = new PngEncoder();
        var colours = Pictures.Make(kind, 640, 362, 1920, 3, seed: 1);
        var transparent = Pictures.Make(kind, 640, 362, 2560, 4, seed: 2);

        (await DecodeAsync(encoder.Encode(colours, 640, 362, 1920).ToArray(), "rgb24")).AsSpan().SequenceEqual(colours).ShouldBeTrue();
        (await DecodeAsync(encoder.EncodeWithAlpha(transparent, 640, 362, 2560).ToArray(), "rgba")).AsSpan().SequenceEqual(transparent).ShouldBeTrue();
    }

    [Fact]
    public void Pictures_of_any_size_stride_and_kind_come_back()
    {
        const int Rounds = 600;
        var encoder = new PngEncoder();
        var random = new Random(7);
        for (var round = 0; round < Rounds; round++)
        {
            var kind = Pictures.Kinds[round % Pictures.Kinds.Length];
            var pixelBytes = 3 + (round / Pictures.Kinds.Length % 2);
            var (width, height) = round % 3 == 0 ? (random.Next(1, 12), random.Next(1, 12)) : (random.Next(1, 400), random.Next(1, 300));
            var stride = (width * pixelBytes) + (random.Next(3) == 0 ? random.Next(70) : 0);
            var picture = Pictures.Make(kind, width, height, stride, pixelBytes, round);

            var png = (pixelBytes == 3 ? encoder.Encode(picture, width, height, stride) : encoder.EncodeWithAlpha(picture, width, height, stride)).ToArray();

            var read = PngReader.Read(png, width, height, pixelBytes);
            read.AsSpan().SequenceEqual(Pictures.Tight(picture, width * pixelBytes, height, stride)).ShouldBeTrue($"{kind} {width}x{height}x{pixelBytes}");
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 40_000)]
    [InlineData(70_001, 2)]
    [InlineData(1280, 720)]
    public void Noise_grows_by_no_more_than_stored_blocks_do(int width, int height)
    {
        const int OutsideOfDeflateBytes = 8 + 25 + 12 + 12 + 6;
        var raw = ((width * 3L) + 1) * height;
        var blocks = (raw / 65535) + 1 + (raw / (128 << 10)) + 1;

        new PngEncoder().Encode(Noise(width * 3 * height, seed: 3), width, height, width * 3).Length
            .ShouldBeLessThanOrEqualTo((int)(raw + (5 * blocks) + OutsideOfDeflateBytes));
    }

    [Fact]
    public void The_same_picture_gives_the_same_file_whatever_was_encoded_before()
    {
        var used = new PngEncoder();
        var picture = Pictures.Make("text", 300, 200, 900, 3, seed: 5);
        used.Encode(Pictures.Make("smooth", 500, 400, 1500, 3, seed: 6), 500, 400, 1500);
        used.EncodeWithAlpha(Pictures.Make("text", 225, 200, 900, 4, seed: 5), 225, 200, 900);

        used.Encode(picture, 300, 200, 900).ToArray().ShouldBe(new PngEncoder().Encode(picture, 300, 200, 900).ToArray());
    }

    [Fact]
    public void A_smooth_picture_and_a_written_one_are_each_coded_in_their_way()
    {
        var encoder = new PngEncoder();

        FirstFilters("smooth").ShouldBe([1, 4, 4]);
        FirstFilters("text").ShouldBe([1, 2, 2]);

        byte[] FirstFilters(string kind)
        {
            var png = encoder.Encode(Pictures.Make(kind, 600, 400, 1800, 3, seed: 8), 600, 400, 1800).Span;
            var filtered = PngReader.Inflate(png[41..^16].ToArray());
            return [filtered[0], filtered[1801], filtered[2 * 1801]];
        }
    }

    [Fact]
    public async Task An_encoder_can_be_used_again_for_a_smaller_picture()
    {
        var encoder = new PngEncoder();
        encoder.Encode(Noise(300 * 3 * 200, seed: 1), 300, 200, 900);
        var small = Noise(5 * 3 * 4, seed: 2);

        (await DecodeAsync(encoder.Encode(small, 5, 4, 15).ToArray(), "rgb24")).ShouldBe(small);
    }

    [Fact]
    public void The_last_row_needs_no_padding_after_it()
    {
        var encoder = new PngEncoder();

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

    private static async Task<byte[]> DecodeAsync(byte[] png, string pixels)
    {
        string[] arguments = ["-v", "error", "-xerror", "-err_detect", "crccheck+explode", "-f", "png_pipe", "-i", "pipe:0", "-f", "rawvideo", "-pix_fmt", pixels, "pipe:1"];
        using var ffmpeg = Process.Start(new ProcessStartInfo("ffmpeg", arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        using var decoded = new MemoryStream();
        var reading = ffmpeg.StandardOutput.BaseStream.CopyToAsync(decoded, Cancellation);
        var complaints = ffmpeg.StandardError.ReadToEndAsync(Cancellation);
        await ffmpeg.StandardInput.BaseStream.WriteAsync(png, Cancellation);
        ffmpeg.StandardInput.Close();
        await reading;
        await ffmpeg.WaitForExitAsync(Cancellation);
        (await complaints).ShouldBeEmpty();
        ffmpeg.ExitCode.ShouldBe(0);
        return decoded.ToArray();
    }
}
