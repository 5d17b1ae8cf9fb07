using Fotograma.Media.Conversion;
using Fotograma.Media.Native;

namespace Fotograma.Media.Tests.Conversion;

public sealed class MatrixChangerTests
{
    private const int Bt709 = 1;
    private const int Bt2020 = 9;

    static MatrixChangerTests() => Libav.Load();

    /// <summary>Colours are compared where both matrices can hold them: a corner of one cube is outside the other and has to be cut off.</summary>
    [Theory]
    [InlineData(Bt709)]
    [InlineData(Bt2020)]
    public void Every_colour_stays_what_it_is(int matrix)
    {
        var colours = new List<(double Red, double Green, double Blue)>();
        for (var i = 0; i < 9 * 9 * 9; i++) colours.Add((i / 81 * 31.875, i / 9 % 9 * 31.875, i % 9 * 31.875));
        using var picture = Picture("yuvj444p", colours.Count, 1, (x, _) => colours[(int)x], ColorMatrix.Weights(matrix));
        new MatrixChanger().Apply(picture, ColorMatrix.ToBt601(matrix, full: true)!.Value);
        using var expected = Picture("yuvj444p", colours.Count, 1, (x, _) => colours[(int)x], ColorMatrix.Weights(0));
        Differences(picture, expected).ShouldAllBe(difference => difference <= 2);
        Differences(picture, expected).Average().ShouldBeLessThan(0.5);
    }

    [Theory]
    [InlineData("yuvj420p", 64, 48)]
    [InlineData("yuvj420p", 33, 17)]
    [InlineData("yuvj422p", 50, 10)]
    [InlineData("yuvj420p", 1, 1)]
    public void Slow_changes_of_colour_stay_what_they_are_with_small_chroma(string format, int width, int height)
    {
        (double, double, double) Colour(double x, double y) => (60 + x * 2, 200 - x - y, 80 + y * 2);
        using var picture = Picture(format, width, height, Colour, ColorMatrix.Weights(Bt709));
        new MatrixChanger().Apply(picture, ColorMatrix.ToBt601(Bt709, full: true)!.Value);
        using var expected = Picture(format, width, height, Colour, ColorMatrix.Weights(0));
        Differences(picture, expected).ShouldAllBe(difference => difference <= 2);
    }

    [Fact]
    public void Bt601_needs_no_change()
    {
        foreach (var matrix in new[] { 0, 2, 5, 6 }) ColorMatrix.ToBt601(matrix, full: true).ShouldBeNull();
    }

    private static unsafe NativeFrame Picture(
        string format, int width, int height, Func<double, double, (double Red, double Green, double Blue)> colour, (double Red, double Blue) weights)
    {
        var frame = new NativeFrame();
        frame.Reshape(width, height, PixelFormat.Named(format).Number);
        var shape = new PixelFormat(frame.Format);
        for (var plane = 0; plane < 3; plane++)
        {
            var (across, down) = plane == 0 ? (1, 1) : (1 << shape.ChromaWidthShift, 1 << shape.ChromaHeightShift);
            for (var row = 0; row < (height + down - 1) / down; row++)
            {
                for (var x = 0; x < (width + across - 1) / across; x++)
                {
                    var (red, green, blue) = colour(x * across + (across - 1) / 2.0, row * down + (down - 1) / 2.0);
                    var luma = weights.Red * red + (1 - weights.Red - weights.Blue) * green + weights.Blue * blue;
                    var value = plane switch { 0 => luma, 1 => 128 + (blue - luma) / (2 * (1 - weights.Blue)), _ => 128 + (red - luma) / (2 * (1 - weights.Red)) };
                    frame.Plane(plane)[row * frame.LineSize(plane) + x] = (byte)Math.Clamp(Math.Round(value), 0, 255);
                }
            }
        }

        return frame;
    }

    private static List<int> Differences(NativeFrame one, NativeFrame other)
    {
        var shape = new PixelFormat(one.Format);
        var differences = new List<int>();
        for (var plane = 0; plane < 3; plane++)
        {
            var (across, down) = plane == 0 ? (0, 0) : (shape.ChromaWidthShift, shape.ChromaHeightShift);
            for (var row = 0; row < (one.Height + (1 << down) - 1) >> down; row++)
                for (var x = 0; x < (one.Width + (1 << across) - 1) >> across; x++)
                    differences.Add(Math.Abs(Sample(one, plane, row, x) - Sample(other, plane, row, x)));
        }

        return differences;
    }

    private static unsafe int Sample(NativeFrame frame, int plane, int row, int x) => frame.Plane(plane)[row * frame.LineSize(plane) + x];
}
