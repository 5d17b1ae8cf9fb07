using Fotograma.Media.Conversion;
using Fotograma.Media.Native;

namespace Fotograma.Media.Tests.Conversion;

public sealed unsafe class RangeChangerTests
{
    private const int FullRange = 2;

    [Theory]
    [InlineData("yuv420p", "yuvj420p", 257, 3)]
    [InlineData("yuv422p", "yuvj422p", 257, 3)]
    [InlineData("yuv444p", "yuvj444p", 256, 2)]
    public void Every_level_becomes_the_nearest_one_of_full_range(string format, string full, int width, int height)
    {
        using var source = Levels(format, width, height);
        using var target = new NativeFrame();

        RangeChanger.TryExpand(source, target, PixelFormat.Named(full)).ShouldBeTrue();

        (target.Width, target.Height, new PixelFormat(target.Format).Name).ShouldBe((width, height, full));
        for (var plane = 0; plane < 3; plane++)
        {
            var (columns, rows) = Size(source, plane);
            for (var y = 0; y < rows; y++)
            {
                for (var x = 0; x < columns; x++)
                {
                    var level = source.Plane(plane)[y * source.LineSize(plane) + x];
                    var exact = plane == 0 ? (level - 16) * 255m / 219 : (level - 128) * 255m / 224 + 128;
                    var nearest = (byte)Math.Clamp(Math.Round(exact, MidpointRounding.AwayFromZero), 0, 255);
                    target.Plane(plane)[y * target.LineSize(plane) + x].ShouldBe(nearest, $"{plane} {level}");
                }
            }
        }
    }

    [Theory]
    [InlineData("yuvj420p", 0)]
    [InlineData("yuv420p", FullRange)]
    [InlineData("yuv420p10le", 0)]
    [InlineData("nv12", 0)]
    [InlineData("gray", 0)]
    public void Other_pictures_are_left_alone(string format, int range)
    {
        using var source = Levels(format, 16, 16);
        source.ColorRange = range;
        using var target = new NativeFrame();

        RangeChanger.TryExpand(source, target, PixelFormat.Named("yuvj420p")).ShouldBeFalse();
        target.Width.ShouldBe(0);
    }

    private static NativeFrame Levels(string format, int width, int height)
    {
        var picture = new NativeFrame();
        picture.Reshape(width, height, PixelFormat.Named(format).Number);
        for (var plane = 0; plane < 3 && picture.Plane(plane) != null; plane++)
        {
            var (columns, rows) = Size(picture, plane);
            for (var y = 0; y < rows; y++)
                for (var x = 0; x < columns; x++) picture.Plane(plane)[y * picture.LineSize(plane) + x] = (byte)(x + 128 * y);
        }

        return picture;
    }

    private static (int Columns, int Rows) Size(NativeFrame picture, int plane)
    {
        var format = new PixelFormat(picture.Format);
        var (across, down) = plane == 0 ? (0, 0) : (format.ChromaWidthShift, format.ChromaHeightShift);
        return ((picture.Width + (1 << across) - 1) >> across, (picture.Height + (1 << down) - 1) >> down);
    }
}
