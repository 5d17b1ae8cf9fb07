using Fotograma.Media.Conversion;
using Fotograma.Media.Native;

namespace Fotograma.Media.Tests.Conversion;

/// <summary>Converted by strips or as a whole: the same pixels.</summary>
public sealed class RgbStripsTests
{
    private const int FullRange = 2, LimitedRange = 1, Bt709 = 1, Bt2020 = 9, Unspecified = 2;

    [Theory]
    [InlineData("yuv420p", 1920, 1080, LimitedRange, Bt709)]
    [InlineData("yuv420p", 320, 240, 0, Unspecified)]
    [InlineData("yuv420p", 97, 64, LimitedRange, Unspecified)]
    [InlineData("yuv420p", 2, 32, FullRange, Bt2020)]
    [InlineData("yuv420p", 35, 122, LimitedRange, Bt2020)]
    [InlineData("yuvj420p", 642, 362, FullRange, Unspecified)]
    [InlineData("yuv422p", 720, 576, LimitedRange, Unspecified)]
    [InlineData("yuvj422p", 101, 50, FullRange, Bt709)]
    public void Strips_have_the_pixels_of_the_whole(string format, int width, int height, int range, int space)
    {
        Libav.Load();
        using var scaler = new Scaler();
        using var strips = new RgbStrips(scaler);
        using var picture = Noise(format, width, height, range, space);

        for (var round = 0; round < 2; round++)
        {
            strips.TryBegin(picture).ShouldBeTrue();
            var expected = Whole(picture);
            for (var y = 0; y < height; y += 45)
            {
                strips.Show(Math.Max(0, y - 1), Math.Min(height, y + 45));
                for (var row = y; row < Math.Min(height, y + 45); row++) strips.Row(row).SequenceEqual(expected[row]).ShouldBeTrue($"row {row}");
            }
        }
    }

    [Theory]
    [InlineData("yuv420p", 64, 63)]
    [InlineData("yuv420p", 64, 16)]
    [InlineData("yuv444p", 64, 64)]
    [InlineData("yuv420p10le", 64, 64)]
    [InlineData("gray", 64, 64)]
    [InlineData("rgb24", 64, 64)]
    public void Picture_whose_rows_are_not_made_alone_is_left_to_be_converted_whole(string format, int width, int height)
    {
        Libav.Load();
        using var scaler = new Scaler();
        using var strips = new RgbStrips(scaler);
        using var picture = Noise(format, width, height, LimitedRange, Bt709);
        strips.TryBegin(picture).ShouldBeFalse();
    }

    private static unsafe NativeFrame Noise(string format, int width, int height, int range, int space)
    {
        var picture = new NativeFrame();
        picture.Reshape(width, height, PixelFormat.Named(format).Number);
        (picture.ColorRange, picture.ColorSpace) = (range, space);
        var random = new Random(width);
        var shift = new PixelFormat(picture.Format).ChromaHeightShift;
        for (var plane = 0; plane < 3 && picture.Plane(plane) != null; plane++)
            random.NextBytes(new Span<byte>(picture.Plane(plane), picture.LineSize(plane) * (plane == 0 ? height : (height + (1 << shift) - 1) >> shift)));
        return picture;
    }

    private static unsafe List<byte[]> Whole(NativeFrame picture)
    {
        using var scaler = new Scaler();
        using var rgb = new NativeFrame();
        scaler.Convert(picture, rgb, picture.Width, picture.Height, PixelFormat.Named("rgb24"), SwScale.Bicubic);
        return [.. Enumerable.Range(0, picture.Height).Select(row => new Span<byte>(rgb.Plane(0) + ((nint)row * rgb.LineSize(0)), picture.Width * 3).ToArray())];
    }
}
