using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// Encodes pictures as baseline JPEG with libavcodec's mjpeg encoder. The quality 1 to 100 is mapped linearly to the encoder's quantiser
/// scale: 100 is 1 (finest), 1 is 31 (coarsest), 90 is 4. One instance serves one thread.
/// </summary>
internal sealed class JpegEncoder(int quality) : IDisposable
{
    private const int QualityMax = 100;
    private const int ScaleRange = 30;

    /// <summary>libav's unit of quantiser scales (FF_QP2LAMBDA).</summary>
    private const int Lambda = 118;

    private readonly int lambda = Lambda * (1 + ((QualityMax - quality) * ScaleRange + (QualityMax - 1) / 2) / (QualityMax - 1));
    private readonly NativePacket packet = new();
    private NativeCodec? codec;
    private (int Width, int Height, int Format) prepared;
    private long number;

    /// <summary>
    /// Encodes a picture in one of the full-range formats yuvj420p, yuvj422p, yuvj444p. The result is valid until the next call.
    /// </summary>
    public NativePacket Encode(NativeFrame picture)
    {
        if (codec is null || prepared != (picture.Width, picture.Height, picture.Format)) Prepare(picture);
        picture.Pts = number++;
        picture.Quality = lambda;
        LibavError.Check(codec!.Send(picture), "avcodec_send_frame (mjpeg)");
        LibavError.Check(codec.Receive(packet), "avcodec_receive_packet (mjpeg)");
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
        codec = NativeCodec.Encoder("mjpeg") ?? throw new LibavException("The mjpeg encoder is missing", LibavError.InvalidArgument);
        codec.For(picture.Width, picture.Height, picture.Format)
            .With("time_base", new NativeRational(1, 25))
            .With("threads", 1)
            // "bitexact" keeps the library's version out of the file.
            .With("flags", "+qscale+bitexact")
            .With("global_quality", lambda)
            .With("qmin", 1)
            .Open();
        prepared = (picture.Width, picture.Height, picture.Format);
    }
}
