using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// Brings 8-bit planar YUV of limited range to full range, rounded to the nearest level: (Y - 16) × 255/219 for luma, (C - 128) × 255/224 + 128 for chroma
/// (ITU-R BT.709, 4.6; JFIF 1.02). A scaler takes several times as long for it.
/// </summary>
internal static unsafe class RangeChanger
{
    private const int Levels = 256;

    private static readonly byte[] Luma = Table(16, 0, 219);
    private static readonly byte[] Chroma = Table(128, 128, 224);

    /// <summary>
    /// Writes <paramref name="source"/> into <paramref name="target"/>, which becomes a picture of <paramref name="format"/>: the full-range kin of its own. False,
    /// and nothing is done, for pictures of other kinds.
    /// </summary>
    public static bool TryExpand(NativeFrame source, NativeFrame target, PixelFormat format)
    {
        var own = new PixelFormat(source.Format).Name;
        if (source.ColorRange == AvColorRange.Full || own is not ("yuv420p" or "yuv422p" or "yuv444p")) return false;
        target.Reshape(source.Width, source.Height, format.Number);
        var width = (source.Width + (1 << format.ChromaWidthShift) - 1) >> format.ChromaWidthShift;
        var height = (source.Height + (1 << format.ChromaHeightShift) - 1) >> format.ChromaHeightShift;
        Map(source, target, 0, source.Width, source.Height, Luma);
        for (var plane = 1; plane <= 2; plane++) Map(source, target, plane, width, height, Chroma);
        return true;
    }

    private static byte[] Table(int zero, int newZero, int steps) =>
        [.. Enumerable.Range(0, Levels).Select(level => (byte)Math.Clamp((int)Math.Floor((level - zero) * 255.0 / steps + newZero + 0.5), 0, Levels - 1))];

    private static void Map(NativeFrame source, NativeFrame target, int plane, int width, int height, byte[] table)
    {
        for (var row = 0; row < height; row++)
        {
            var from = source.Plane(plane) + (nint)row * source.LineSize(plane);
            var to = target.Plane(plane) + (nint)row * target.LineSize(plane);
            fixed (byte* map = table)
            {
                for (var x = 0; x < width; x++) to[x] = map[from[x]];
            }
        }
    }
}
