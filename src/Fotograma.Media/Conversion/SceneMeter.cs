using System.Numerics;
using System.Runtime.InteropServices;
using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// Says how much a picture differs from the one before, 0 to 1, as ffmpeg's <c>select</c> filter does for its <c>scene</c> variable (5.1): the mean
/// absolute difference of luma in hundredths of its 256 steps, at most 1, or how much that mean itself has changed, whichever is less. Motion raises
/// both a little, a cut both a lot.
/// </summary>
internal sealed unsafe class SceneMeter : IDisposable
{
    private readonly Scaler scaler = new();
    private NativeFrame before = new();
    private NativeFrame converted = new();
    private double lastDifference;
    private bool hasBefore;

    /// <summary>The score of the next picture; 0 for the first, and where the size changes.</summary>
    public double Score(NativeFrame picture)
    {
        var format = new PixelFormat(picture.Format);
        if (!format.IsUsable || format.IsRgb || !format.IsFullyPlanar)
        {
            scaler.Convert(picture, converted, picture.Width, picture.Height, PixelFormat.Named("yuv420p"), SwScale.Bicubic);
            return Compare(converted);
        }

        converted.Share(picture);
        return Compare(converted);
    }

    /// <summary>Frees the pictures.</summary>
    public void Dispose()
    {
        scaler.Dispose();
        before.Dispose();
        converted.Dispose();
    }

    /// <summary>Compares with the picture before and keeps <paramref name="picture"/>, which is <see cref="converted"/>.</summary>
    private double Compare(NativeFrame picture)
    {
        var score = 0.0;
        if (hasBefore && (before.Width, before.Height, before.Format) == (picture.Width, picture.Height, picture.Format))
        {
            var depth = new PixelFormat(picture.Format).Depth;
            var sum = depth > 8 ? Sum<ushort>(picture) : Sum<byte>(picture);
            // In steps of 8 bits, as the filter counts, of which it takes a hundred for a whole.
            var difference = sum / ((double)picture.Width * picture.Height) / (1L << (depth - 8));
            score = (float)Math.Clamp(Math.Min(difference, Math.Abs(difference - lastDifference)) / 100, 0, 1);
            lastDifference = difference;
        }

        hasBefore = true;
        (before, converted) = (converted, before);
        converted.Clear();
        return score;
    }

    private long Sum<T>(NativeFrame picture) where T : unmanaged
    {
        var sum = 0L;
        for (var row = 0; row < picture.Height; row++)
        {
            var now = new ReadOnlySpan<byte>(picture.Plane(0) + (nint)row * picture.LineSize(0), picture.Width * sizeof(T));
            var then = new ReadOnlySpan<byte>(before.Plane(0) + (nint)row * before.LineSize(0), picture.Width * sizeof(T));
            sum += sizeof(T) == 1 ? Difference(now, then) : Difference(MemoryMarshal.Cast<byte, ushort>(now), MemoryMarshal.Cast<byte, ushort>(then));
        }

        return sum;
    }

    private static long Difference(ReadOnlySpan<byte> now, ReadOnlySpan<byte> then)
    {
        var left = MemoryMarshal.Cast<byte, Vector<byte>>(now);
        var right = MemoryMarshal.Cast<byte, Vector<byte>>(then);
        var total = Vector<uint>.Zero;
        for (var i = 0; i < left.Length; i++)
        {
            Vector.Widen(Vector.Max(left[i], right[i]) - Vector.Min(left[i], right[i]), out var low, out var high);
            Vector.Widen(low + high, out var first, out var second);
            total += first + second;
        }

        var sum = (long)Vector.Sum(total);
        for (var i = left.Length * Vector<byte>.Count; i < now.Length; i++) sum += Math.Abs(now[i] - then[i]);
        return sum;
    }

    private static long Difference(ReadOnlySpan<ushort> now, ReadOnlySpan<ushort> then)
    {
        var sum = 0L;
        for (var i = 0; i < now.Length; i++) sum += Math.Abs(now[i] - then[i]);
        return sum;
    }
}
