using System.Numerics;
using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// Applies a <see cref="ColorMatrix"/> to 8-bit planar pictures, in place. Chroma samples are taken to lie in the middle of the luma samples they
/// belong to, and are interpolated linearly between. One instance serves one thread.
/// </summary>
internal sealed unsafe class MatrixChanger
{
    /// <summary>Bits after the point of the factors: gains of chroma stay below a quarter, so that sums fit 16 bits.</summary>
    private const int FactorBits = 9;

    /// <summary>Bits after the point of what luma gains.</summary>
    private const int ShareBits = 6;

    private const short Neutral = 128;

    private short[] above = [];
    private short[] here = [];
    private short[] below = [];

    /// <summary>Changes a picture in yuv420p, yuv422p, yuv444p or their full-range kin.</summary>
    public void Apply(NativeFrame picture, ColorMatrix matrix)
    {
        var format = new PixelFormat(picture.Format);
        var (across, down) = (format.ChromaWidthShift, format.ChromaHeightShift);
        var width = (picture.Width + (1 << across) - 1) >> across;
        var height = (picture.Height + (1 << down) - 1) >> down;
        if (here.Length != width) (above, here, below) = (new short[width], new short[width], new short[width]);

        Chroma(picture, 0, width, matrix, here);
        here.AsSpan().CopyTo(above);
        for (var row = 0; row < height; row++)
        {
            if (row + 1 < height) Chroma(picture, row + 1, width, matrix, below);
            else here.AsSpan().CopyTo(below);
            if (down == 0)
            {
                Luma(picture, row, here, here, across);
            }
            else
            {
                Luma(picture, 2 * row, here, above, across);
                Luma(picture, 2 * row + 1, here, below, across);
            }

            (above, here, below) = (here, below, above);
        }
    }

    /// <summary>Changes one row of chroma and gives what luma gains there.</summary>
    private static void Chroma(NativeFrame picture, int row, int width, in ColorMatrix matrix, short[] share)
    {
        var blue = new Span<byte>(picture.Plane(1) + (nint)row * picture.LineSize(1), width);
        var red = new Span<byte>(picture.Plane(2) + (nint)row * picture.LineSize(2), width);
        var factors = new Factors(
            Fixed(matrix.BlueOfBlue), Fixed(matrix.BlueOfRed), Fixed(matrix.RedOfBlue), Fixed(matrix.RedOfRed), Fixed(matrix.LumaOfBlue), Fixed(matrix.LumaOfRed));
        var step = Vector<byte>.Count;
        var at = 0;
        for (; at <= width - step; at += step)
        {
            Vector.Widen(new Vector<byte>(blue[at..]), out var blueLow, out var blueHigh);
            Vector.Widen(new Vector<byte>(red[at..]), out var redLow, out var redHigh);
            var (lowBlue, lowRed, lowShare) = Change(Vector.AsVectorInt16(blueLow), Vector.AsVectorInt16(redLow), factors);
            var (highBlue, highRed, highShare) = Change(Vector.AsVectorInt16(blueHigh), Vector.AsVectorInt16(redHigh), factors);
            Vector.Narrow(Vector.AsVectorUInt16(lowBlue), Vector.AsVectorUInt16(highBlue)).CopyTo(blue[at..]);
            Vector.Narrow(Vector.AsVectorUInt16(lowRed), Vector.AsVectorUInt16(highRed)).CopyTo(red[at..]);
            lowShare.CopyTo(share, at);
            highShare.CopyTo(share, at + Vector<short>.Count);
        }

        for (; at < width; at++)
        {
            var (newBlue, newRed, gain) = Change(new Vector<short>(blue[at]), new Vector<short>(red[at]), factors);
            (blue[at], red[at], share[at]) = ((byte)newBlue[0], (byte)newRed[0], gain[0]);
        }
    }

    private static (Vector<short> Blue, Vector<short> Red, Vector<short> Share) Change(Vector<short> blue, Vector<short> red, in Factors factors)
    {
        var half = new Vector<short>(1 << (FactorBits - 1));
        var (b, r) = (blue - new Vector<short>(Neutral), red - new Vector<short>(Neutral));
        var newBlue = blue + Vector.ShiftRightArithmetic(b * factors.BlueOfBlue + r * factors.BlueOfRed + half, FactorBits);
        var newRed = red + Vector.ShiftRightArithmetic(b * factors.RedOfBlue + r * factors.RedOfRed + half, FactorBits);
        var share = Vector.ShiftRightArithmetic(b * factors.LumaOfBlue + r * factors.LumaOfRed, FactorBits - ShareBits);
        var most = new Vector<short>(byte.MaxValue);
        return (Vector.Max(Vector<short>.Zero, Vector.Min(most, newBlue)), Vector.Max(Vector<short>.Zero, Vector.Min(most, newRed)), share);
    }

    /// <summary>Adds three parts of the nearer row of shares and one of the farther, and the same from sample to sample.</summary>
    private static void Luma(NativeFrame picture, int row, short[] near, short[] far, int across)
    {
        const int Half = 1 << (ShareBits + 3);
        if (row >= picture.Height) return;
        var line = new Span<byte>(picture.Plane(0) + (nint)row * picture.LineSize(0), picture.Width);
        if (across == 0)
        {
            for (var x = 0; x < line.Length; x++) line[x] = Add(line[x], (3 * near[x] + far[x]) * 4);
            return;
        }

        var last = near.Length - 1;
        var before = 3 * near[0] + far[0];
        var now = before;
        for (var i = 0; i <= last; i++)
        {
            var next = i < last ? 3 * near[i + 1] + far[i + 1] : now;
            line[2 * i] = Add(line[2 * i], 3 * now + before);
            if (2 * i + 1 < line.Length) line[2 * i + 1] = Add(line[2 * i + 1], 3 * now + next);
            (before, now) = (now, next);
        }

        static byte Add(byte luma, int gain) => (byte)Math.Clamp(luma + ((gain + Half) >> (ShareBits + 4)), 0, byte.MaxValue);
    }

    private static Vector<short> Fixed(double factor) => new((short)Math.Round(factor * (1 << FactorBits)));

    private readonly record struct Factors(
        Vector<short> BlueOfBlue, Vector<short> BlueOfRed, Vector<short> RedOfBlue, Vector<short> RedOfRed, Vector<short> LumaOfBlue, Vector<short> LumaOfRed);
}
