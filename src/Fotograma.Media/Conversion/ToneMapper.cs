using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// Brings HDR pictures into the range and colours of ordinary images: 8-bit sRGB with BT.709 primaries. The signal becomes light, light keeps its
/// luminance when its colour has to move into the smaller gamut, and the largest of red, green and blue goes through <see cref="ToneCurve"/> and takes
/// the other two along, so that no channel is cut off and hues stay. One instance serves one thread.
/// </summary>
internal sealed unsafe class ToneMapper : IDisposable
{
    private readonly Scaler scaler = new();
    private readonly NativeFrame deep = new();
    private readonly NativeFrame image = new();

    /// <summary>The picture at the given size in rgb24; valid until the next call.</summary>
    public NativeFrame Map(NativeFrame picture, int width, int height)
    {
        var format = new PixelFormat(picture.Format);
        var depth = format.Depth > 10 ? 12 : 10;
        scaler.Convert(picture, deep, width, height, PixelFormat.Named(depth > 10 ? "yuv444p12le" : "yuv444p10le"), SwScale.Bicubic, targetFull: false);
        image.Reshape(width, height, PixelFormat.Named("rgb24").Number);
        var light = new HdrLight(picture, format.IsRgb, depth);
        for (var row = 0; row < height; row++)
        {
            light.Row(
                (ushort*)(deep.Plane(0) + (nint)row * deep.LineSize(0)), (ushort*)(deep.Plane(1) + (nint)row * deep.LineSize(1)),
                (ushort*)(deep.Plane(2) + (nint)row * deep.LineSize(2)), image.Plane(0) + (nint)row * image.LineSize(0), width);
        }

        return image;
    }

    /// <summary>Frees the pictures.</summary>
    public void Dispose()
    {
        scaler.Dispose();
        deep.Dispose();
        image.Dispose();
    }
}
