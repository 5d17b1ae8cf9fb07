using Fotograma.Media.Faults;
using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// Encodes pictures as lossy WebP with libavcodec's <c>libwebp</c> encoder: the quality is libwebp's own, 1 to 100. One instance serves one thread.
/// </summary>
internal sealed class WebpEncoder(int quality) : IDisposable
{
    /// <summary>Longest side of a WebP image, in pixels (RFC 9649, section 2.5: 14 bits).</summary>
    public const int SideMax = 16_383;

    /// <summary>
    /// libwebp's trade of time for bytes, 0 to 6, as measured on two pictures of 1080p: 0 takes a little less time for 6 to 9 % more bytes, 4 more than
    /// twice the time for next to nothing.
    /// </summary>
    private const int Method = 2;

    private readonly NativePacket packet = new();
    private NativeCodec? codec;
    private (int Width, int Height) prepared;
    private long number;

    /// <summary>Encodes a picture in yuv420p, limited range, BT.601. The result is valid until the next call.</summary>
    /// <exception cref="MediaException"><see cref="MediaFault.FormatUnavailable"/>: this build of libav has no such encoder.</exception>
    public NativePacket Encode(NativeFrame picture)
    {
        if (codec is null || prepared != (picture.Width, picture.Height)) Prepare(picture);
        picture.Pts = number++;
        LibavError.Check(codec!.Send(picture), "avcodec_send_frame (libwebp)");
        LibavError.Check(codec.Receive(packet), "avcodec_receive_packet (libwebp)");
        return packet;
    }

    /// <summary>Frees the encoder and its last result.</summary>
    public void Dispose()
    {
        codec?.Dispose();
        packet.Dispose();
    }

    private void Prepare(NativeFrame picture)
    {
        codec?.Dispose();
        codec = NativeCodec.Encoder("libwebp") ?? throw new MediaException(MediaFault.FormatUnavailable, "This build of libavcodec has no encoder libwebp.");
        codec.For(picture.Width, picture.Height, picture.Format)
            .With("time_base", new NativeRational(1, 25))
            .With("threads", 1)
            .With("flags", "+bitexact")
            .With("compression_level", Method)
            .With("quality", quality)
            .Open();
        prepared = (picture.Width, picture.Height);
    }
}
