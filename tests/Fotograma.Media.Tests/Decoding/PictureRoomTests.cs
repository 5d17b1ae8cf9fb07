using Fotograma.Media.Decoding;
using Fotograma.Media.Isolation;
using Fotograma.Media.Native;

namespace Fotograma.Media.Tests.Decoding;

public sealed class PictureRoomTests
{
    public PictureRoomTests() => Libav.Load();

    [Theory]
    [InlineData("yuv420p", 1920, 1080, 3_110_400)]
    [InlineData("yuv420p", 3, 5, 27)]
    [InlineData("yuv420p10le", 7680, 4320, 99_532_800)]
    [InlineData("yuv422p", 100, 100, 20_000)]
    [InlineData("yuv444p10le", 7680, 4320, 199_065_600)]
    [InlineData("yuva420p", 100, 100, 25_000)]
    [InlineData("nv12", 100, 100, 15_000)]
    [InlineData("gray", 100, 100, 10_000)]
    [InlineData("gray10le", 100, 100, 20_000)]
    [InlineData("gbrp", 100, 100, 30_000)]
    [InlineData("rgb24", 100, 100, 30_000)]
    [InlineData("yuyv422", 100, 100, 20_000)]
    [InlineData("pal8", 100, 100, 30_000)]
    public void A_picture_takes_as_many_bytes_as_its_samples(string format, int width, int height, long bytes) => PixelFormat.Named(format).PictureBytes(width, height).ShouldBe(bytes);

    [Fact]
    public void An_unknown_format_is_taken_for_a_large_one() => new PixelFormat(-1).PictureBytes(10, 10).ShouldBe(300);

    [Theory]
    // Full HD and 4K, of eight and of ten bits, take all cores there are, with the limits as they are shipped.
    [InlineData(1920, 1080, 15, 8, 8, 8)]
    [InlineData(3840, 2160, 15, 8, 8, 8)]
    [InlineData(3840, 2160, 30, 8, 8, 8)]
    [InlineData(7680, 4320, 15, 2, 2, 2)]
    // 8K of ten bits: one decoder on two cores, and of 4:4:4 one thread.
    [InlineData(7680, 4320, 30, 2, 1, 2)]
    [InlineData(7680, 4320, 60, 2, 1, 1)]
    [InlineData(7680, 4320, 60, 8, 1, 8)]
    public void The_larger_the_pictures_the_fewer_there_are(int width, int height, int tenthBytesOfPixel, int cores, int decoders, int threads)
    {
        var pixels = (long)width * height;
        var room = PictureRoom.For(pixels * tenthBytesOfPixel / 10, pixels, new DecoderLimits().MemoryBytesOn(cores));
        Math.Min(room.Decoders, cores).ShouldBe(decoders);
        Math.Min(room.Threads, cores).ShouldBe(threads);
    }
}
