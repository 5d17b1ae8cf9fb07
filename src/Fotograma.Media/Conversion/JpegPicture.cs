using System.Buffers;
using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// Brings pictures into the colours of JPEG files, full range and BT.601, and encodes them. YUV stays YUV: swscale scales and changes the range,
/// <see cref="MatrixChanger"/> the matrix.
/// </summary>
internal sealed class JpegPicture(int quality, int flags) : IDisposable
{
    private readonly Scaler scaler = new();
    private readonly MatrixChanger changer = new();
    private readonly NativeFrame picture = new();
    private readonly JpegEncoder encoder = new(quality);
    private readonly ArrayBufferWriter<byte> bytes = new();

    /// <summary>Encodes <paramref name="frame"/> at the given size. The result is valid until the next call.</summary>
    public ReadOnlyMemory<byte> Encode(NativeFrame frame, int width, int height)
    {
        var source = new PixelFormat(frame.Format);
        var format = Target(source);
        scaler.Convert(frame, picture, width, height, format, flags, targetFull: true);
        if (!source.IsRgb && source.Components > 2 && ColorMatrix.ToBt601(frame.ColorSpace, full: true) is { } matrix) changer.Apply(picture, matrix);

        var packet = encoder.Encode(picture);
        bytes.ResetWrittenCount();
        bytes.Write(packet.Data);
        packet.Clear();
        return bytes.WrittenMemory;
    }

    /// <summary>Frees everything, the last result included.</summary>
    public void Dispose()
    {
        scaler.Dispose();
        picture.Dispose();
        encoder.Dispose();
    }

    private static PixelFormat Target(PixelFormat source) => PixelFormat.Named((source.IsRgb, source.ChromaWidthShift, source.ChromaHeightShift) switch
    {
        (false, 0, 0) when source.Components >= 3 => "yuvj444p",
        (false, 1, 0) => "yuvj422p",
        _ => "yuvj420p",
    });
}
