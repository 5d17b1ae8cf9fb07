using System.Numerics;
using Fotograma.Clips;
using Fotograma.Media.Conversion;
using Fotograma.Media.Native;
using Fotograma.Media.Options;
using Fotograma.Media.Tests.Decoding;

namespace Fotograma.Media.Tests.Conversion;

public sealed class LumaFieldsTests
{
    private const int Columns = PictureHash.FieldColumns;
    private const int Rows = PictureHash.FieldRows;
    private const int FullRange = 2;

    [Theory]
    [InlineData("yuv420p", 1921, 1083, 255.0 / 219)]
    [InlineData("yuv444p", 64, 48, 255.0 / 219)]
    [InlineData("yuv422p", 9, 8, 255.0 / 219)]
    [InlineData("yuvj420p", 320, 181, 1)]
    [InlineData("gray", 4000, 33, 1)]
    [InlineData("yuv420p10le", 320, 181, 255.0 / 219 / 4)]
    [InlineData("yuv444p16le", 77, 51, 255.0 / 219 / 256)]
    public void Every_pixel_counts_in_one_field(string format, int width, int height, double scale)
    {
        using var picture = Noise(format, width, height);
        var means = new double[Columns * Rows];

        LumaFields.TryMean(picture, Columns, Rows, means).ShouldBeTrue();

        var (sums, counts) = (new double[means.Length], new int[means.Length]);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                // The field that holds a pixel is the last one that begins at it or before it.
                var column = Enumerable.Range(0, Columns).Last(field => field * width / Columns <= x);
                var row = Enumerable.Range(0, Rows).Last(field => field * height / Rows <= y);
                sums[row * Columns + column] += Sample(picture, x, y);
                counts[row * Columns + column]++;
            }
        }

        counts.Sum().ShouldBe(width * height);
        for (var i = 0; i < means.Length; i++) means[i].ShouldBe(scale * sums[i] / counts[i], 1e-9);
    }

    [Fact]
    public void Full_range_is_taken_as_it_is()
    {
        using var picture = Noise("yuv420p", 90, 80);
        var (limited, full) = (new double[Columns * Rows], new double[Columns * Rows]);

        LumaFields.TryMean(picture, Columns, Rows, limited).ShouldBeTrue();
        picture.ColorRange = FullRange;
        LumaFields.TryMean(picture, Columns, Rows, full).ShouldBeTrue();

        for (var i = 0; i < full.Length; i++) full[i].ShouldBe(limited[i] * 219 / 255, 1e-9);
    }

    [Theory]
    [InlineData("rgb24", 90, 80)]
    [InlineData("nv12", 90, 80)]
    [InlineData("yuv420p", 8, 80)]
    [InlineData("yuv420p", 90, 7)]
    [InlineData("yuv420p10be", 90, 80)]
    public void What_has_no_plane_of_luma_or_too_few_pixels_is_left_to_the_scaler(string format, int width, int height)
    {
        using var picture = Noise(format, width, height);

        LumaFields.TryMean(picture, Columns, Rows, new double[Columns * Rows]).ShouldBeFalse();
    }

    [Fact]
    public async Task Hashes_are_those_of_a_picture_that_a_scaler_made_small()
    {
        var cancellation = TestContext.Current.CancellationToken;
        foreach (var clip in (Clip[])[GoodClips.H264Mp4, GoodClips.Slides, GoodClips.TenBit, GoodClips.MjpegAvi])
        {
            var decoded = await Decoded.RunAsync(await clip.PathAsync(cancellation), new ExtractionOptions { Sampling = new Sampling.Every(new Rational(1, 2)), Format = ImageFormat.Png });
            string[] shrink = ["-f", "png_pipe", "-i", "-", "-vf", $"scale={PictureHash.Width}:{PictureHash.Height}:flags=area", "-f", "rawvideo", "-pix_fmt", "gray", "-"];
            var small = await Tool.RunAsync("ffmpeg", shrink, cancellation, decoded.Images.SelectMany(image => image.Image).ToArray());
            var bytes = PictureHash.Width * PictureHash.Height;
            small.Length.ShouldBe(bytes * decoded.Images.Count);
            for (var i = 0; i < decoded.Images.Count; i++)
                BitOperations.PopCount(PictureHash.Of(small.AsSpan(i * bytes, bytes), PictureHash.Width) ^ decoded.Images[i].Header.PerceptualHash).ShouldBeLessThanOrEqualTo(4, $"{clip} {i}");
        }
    }

    private static unsafe NativeFrame Noise(string format, int width, int height)
    {
        var picture = new NativeFrame();
        picture.Reshape(width, height, PixelFormat.Named(format).Number);
        var dice = new Dice(width * height);
        var depth = new PixelFormat(picture.Format).Depth;
        var bytes = new PixelFormat(picture.Format).SampleBytes;
        for (var y = 0; y < height; y++)
        {
            var line = picture.Plane(0) + (nint)y * picture.LineSize(0);
            for (var x = 0; x < width; x++)
            {
                if (bytes == 2) ((ushort*)line)[x] = (ushort)dice.Next(1 << depth);
                else line[x * bytes] = (byte)dice.Next(256);
            }
        }

        return picture;
    }

    private static unsafe int Sample(NativeFrame picture, int x, int y)
    {
        var line = picture.Plane(0) + (nint)y * picture.LineSize(0);
        return new PixelFormat(picture.Format).SampleBytes == 2 ? ((ushort*)line)[x] : line[x];
    }
}
