using System.Buffers;
using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// Brings pictures into the colours of lossy WebP files, limited range and BT.601 with chroma of half the size (RFC 9649), and encodes them.
/// </summary>
internal sealed class WebpPicture(int quality) : IDisposable
{
    private readonly Scaler scaler = new();
    private readonly MatrixChanger changer = new();
    private readonly NativeFrame picture = new();
    private readonly WebpEncoder encoder = new(quality);
    private readonly ArrayBufferWriter<byte> bytes = new();

    /// <summary>Encodes <paramref name="frame"/> at the given size. The result is valid until the next call.</summary>
    public ReadOnlyMemory<byte> Encode(NativeFrame frame, int width, int height)
    {
        var source = new PixelFormat(frame.Format);
        scaler.Convert(frame, picture, width, height, PixelFormat.Named("yuv420p"), SwScale.Bicubic, targetFull: false);
        if (!source.IsRgb && source.Components > 2 && ColorMatrix.ToBt601(frame.ColorSpace, full: false) is { } matrix) changer.Apply(picture, matrix);

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
}
