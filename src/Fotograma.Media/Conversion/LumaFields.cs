using System.Numerics;
using System.Runtime.InteropServices;
using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>The mean luma of the fields of a grid over a whole picture, exactly, straight from the plane: a scaler takes twenty times as long for it.</summary>
internal static unsafe class LumaFields
{
    /// <summary>Levels between black and white of limited range, with eight bits (ITU-R BT.709, 4.6); full range has 255.</summary>
    private const double LimitedLevels = 219;
    private const double Levels = 255;

    /// <summary>Vectors whose samples fit together into 16 bits, two of 8 bits in each lane.</summary>
    private const int VectorsPerSum = ushort.MaxValue / (2 * byte.MaxValue);

    /// <summary>
    /// Fills <paramref name="means"/>, row by row, in levels of 256 where 255 is white. False where the picture has no plane of luma alone, or less than a pixel
    /// for each field.
    /// </summary>
    /// <param name="picture">The picture.</param>
    /// <param name="columns">Fields in a row.</param>
    /// <param name="rows">Rows of fields.</param>
    /// <param name="means">One for each field.</param>
    public static bool TryMean(NativeFrame picture, int columns, int rows, Span<double> means)
    {
        var format = new PixelFormat(picture.Format);
        if (!format.IsUsable || format.IsRgb || !format.IsFullyPlanar || picture.Width < columns || picture.Height < rows) return false;
        var isWide = format.SampleBytes == sizeof(ushort) && !format.Name!.EndsWith("be", StringComparison.Ordinal);
        if (!isWide && format.SampleBytes != sizeof(byte)) return false;
        var scale = ScaleOf(picture, format) / (1L << (format.Depth - 8));
        Span<long> sums = stackalloc long[columns];
        for (var row = 0; row < rows; row++)
        {
            var (top, bottom) = (Edge(row, picture.Height, rows), Edge(row + 1, picture.Height, rows));
            sums.Clear();
            for (var y = top; y < bottom; y++)
            {
                var line = picture.Plane(0) + (nint)y * picture.LineSize(0);
                if (isWide) Add(new ReadOnlySpan<ushort>(line, picture.Width), sums);
                else Add(new ReadOnlySpan<byte>(line, picture.Width), sums);
            }

            for (var column = 0; column < columns; column++)
            {
                var width = Edge(column + 1, picture.Width, columns) - Edge(column, picture.Width, columns);
                means[row * columns + column] = scale * sums[column] / ((long)width * (bottom - top));
            }
        }

        return true;
    }

    private static int Edge(int field, int length, int fields) => (int)((long)field * length / fields);

    // Gray is always taken as full range, as swscale does.
    private static double ScaleOf(NativeFrame picture, PixelFormat format) =>
        picture.ColorRange == AvColorRange.Full || format.Components < 3 || format.Name!.StartsWith("yuvj", StringComparison.Ordinal) ? 1 : Levels / LimitedLevels;

    private static void Add(ReadOnlySpan<byte> line, Span<long> sums)
    {
        for (var column = 0; column < sums.Length; column++)
            sums[column] += Sum(line[Edge(column, line.Length, sums.Length)..Edge(column + 1, line.Length, sums.Length)]);
    }

    private static void Add(ReadOnlySpan<ushort> line, Span<long> sums)
    {
        for (var column = 0; column < sums.Length; column++)
        {
            foreach (var sample in line[Edge(column, line.Length, sums.Length)..Edge(column + 1, line.Length, sums.Length)]) sums[column] += sample;
        }
    }

    private static long Sum(ReadOnlySpan<byte> samples)
    {
        var vectors = MemoryMarshal.Cast<byte, Vector<byte>>(samples);
        var sum = 0L;
        for (var first = 0; first < vectors.Length; first += VectorsPerSum)
        {
            var part = Vector<ushort>.Zero;
            foreach (var vector in vectors.Slice(first, Math.Min(VectorsPerSum, vectors.Length - first)))
            {
                Vector.Widen(vector, out var low, out var high);
                part += low + high;
            }

            Vector.Widen(part, out var left, out var right);
            sum += Vector.Sum(left + right);
        }

        foreach (var sample in samples[(vectors.Length * Vector<byte>.Count)..]) sum += sample;
        return sum;
    }
}
