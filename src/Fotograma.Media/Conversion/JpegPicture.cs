using Fotograma.Media.Jpeg;
using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// Brings pictures into the colours of JPEG files, full range and BT.601, and encodes them. YUV stays YUV: swscale scales and changes the range where
/// <see cref="RangeChanger"/> does not, <see cref="MatrixChanger"/> changes the matrix.
/// </summary>
internal sealed class JpegPicture(int quality, int flags) : IDisposable
{
    private readonly Scaler scaler = new();
    private readonly MatrixChanger changer = new();
    private readonly NativeFrame picture = new();
    private readonly JpegEncoder encoder = new(quality);

    /// <summary>Encodes <paramref name="frame"/> at the given size. The result is valid until the next call.</summary>
    /// <exception cref="LibavException">The frame cannot be converted, or the size is none that a JPEG can have.</exception>
    public ReadOnlyMemory<byte> Encode(NativeFrame frame, int width, int height)
    {
        if (Math.Max(width, height) > YuvPicture.SideMax) throw new LibavException($"A JPEG cannot have {width}x{height} pixels", LibavError.InvalidArgument);
        var source = new PixelFormat(frame.Format);
        var format = Target(source);
        var isExpanded = (width, height) == (frame.Width, frame.Height) && RangeChanger.TryExpand(frame, picture, format);
        if (!isExpanded) scaler.Convert(frame, picture, width, height, format, flags, targetFull: true);
        if (!source.IsRgb && source.Components > 2 && ColorMatrix.ToBt601(frame.ColorSpace, full: true) is { } matrix) changer.Apply(picture, matrix);
        return encoder.Encode(FramePlanes.Of(picture));
    }

    /// <summary>Frees everything, the last result included.</summary>
    public void Dispose()
    {
        scaler.Dispose();
        picture.Dispose();
    }

    private static PixelFormat Target(PixelFormat source) => PixelFormat.Named((source.IsRgb, source.ChromaWidthShift, source.ChromaHeightShift) switch
    {
        (false, 0, 0) when source.Components >= 3 => "yuvj444p",
        (false, 1, 0) => "yuvj422p",
        _ => "yuvj420p",
    });
}
