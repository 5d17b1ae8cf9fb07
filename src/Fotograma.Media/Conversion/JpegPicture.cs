using System.Buffers;
using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// Brings frames into the colours of JPEG files, full range and BT.601, and encodes them. A frame whose matrix is already BT.601 (or not
/// said) goes straight from YUV to YUV; others pass through RGB, because swscale does not convert between matrices otherwise.
/// </summary>
internal sealed class JpegPicture(int quality, int flags) : IDisposable
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
    private readonly ArrayBufferWriter<byte> bytes = new();

    /// <summary>Encodes <paramref name="frame"/> at the given size. The result is valid until the next call.</summary>
    public ReadOnlyMemory<byte> Encode(NativeFrame frame, int width, int height)
    {
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

        var packet = encoder.Encode(picture);
        bytes.ResetWrittenCount();
        bytes.Write(packet.Data);
        packet.Clear();
        return bytes.WrittenMemory;
    }

    /// <summary>Frees everything, the last result included.</summary>
    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
        between.Dispose();
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
