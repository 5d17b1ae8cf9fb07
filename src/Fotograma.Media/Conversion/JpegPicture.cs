using Fotograma.Media.Jpeg;
using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// Brings frames into the colours of JPEG files, full range and BT.601, and encodes them. A frame whose matrix is already BT.601 (or not
/// said) goes straight from YUV to YUV; others pass through RGB, because swscale does not convert between matrices otherwise.
/// </summary>
internal sealed unsafe class JpegPicture(int quality, int flags) : IDisposable
{
    private const int Bt470Bg = 5;
    private const int Smpte170M = 6;
    private const int Unspecified = 2;
    private const int Reserved = 0;

    private readonly Scaler first = new();
    private readonly Scaler second = new();
    private readonly NativeFrame between = new();
    private readonly NativeFrame picture = new();
    private readonly JpegEncoder encoder = new(quality);

    /// <summary>Encodes <paramref name="frame"/> at the given size. The result is valid until the next call.</summary>
    /// <exception cref="LibavException">The frame cannot be converted, or the size is none that a JPEG can have.</exception>
    public ReadOnlyMemory<byte> Encode(NativeFrame frame, int width, int height)
    {
        if (Math.Max(width, height) > YuvPicture.SideMax) throw new LibavException($"A JPEG cannot have {width}x{height} pixels", LibavError.InvalidArgument);
        var format = Target(new PixelFormat(frame.Format));
        if (frame.ColorSpace is Bt470Bg or Smpte170M or Unspecified or Reserved && !new PixelFormat(frame.Format).IsRgb)
        {
            first.Convert(frame, picture, width, height, format, flags, targetFull: true);
        }
        else
        {
            first.Convert(frame, between, width, height, PixelFormat.Named("rgb24"), flags);
            second.Convert(between, picture, width, height, format, flags, targetFull: true);
        }

        return encoder.Encode(Planes());
    }

    /// <summary>Frees everything, the last result included.</summary>
    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
        between.Dispose();
        picture.Dispose();
    }

    /// <summary>The picture as the encoder takes it; valid until the picture changes.</summary>
    private YuvPicture Planes()
    {
        var format = new PixelFormat(picture.Format);
        var yuv = new YuvPicture(picture.Width, picture.Height, format.ChromaWidthShift, format.ChromaHeightShift);
        return yuv with { Luma = PlaneOf(0, yuv.RowsOf(0)), Blue = PlaneOf(1, yuv.RowsOf(1)), Red = PlaneOf(2, yuv.RowsOf(2)) };
    }

    private Plane PlaneOf(int component, int rows)
    {
        var stride = picture.LineSize(component);
        return new Plane(new ReadOnlySpan<byte>(picture.Plane(component), checked(stride * rows)), stride);
    }

    private static PixelFormat Target(PixelFormat source) => PixelFormat.Named((source.IsRgb, source.ChromaWidthShift, source.ChromaHeightShift) switch
    {
        (false, 0, 0) when source.Components >= 3 => "yuvj444p",
        (false, 1, 0) => "yuvj422p",
        _ => "yuvj420p",
    });
}
