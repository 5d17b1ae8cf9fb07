using Fotograma.Media.Faults;
using Fotograma.Media.Input;
using Fotograma.Media.Native;

namespace Fotograma.Media.Reading;

/// <summary>Opens the decoder of a video.</summary>
internal static class VideoDecoder
{
    /// <summary>Opens it with up to <paramref name="threads"/> threads, for pictures of at most <paramref name="framePixelsMax"/>.</summary>
    /// <exception cref="MediaException">The decoder is missing or refuses the stream.</exception>
    public static NativeCodec Open(NativeStream stream, long framePixelsMax, int threads)
    {
        // Whether it may be decoded was decided when the video was opened.
        var name = AllowList.WithOld.Decoders[stream.Codec];
        var codec = NativeCodec.Decoder(name) ?? throw new MediaException(MediaFault.DecoderUnavailable, $"This libav has no decoder {name}.");
        try
        {
            codec.For(stream);
            // What the ffmpeg program tells its decoders; a codec that stores a rate of its own overrules it.
            codec.Rate = stream.AverageRate;
            return codec
                .With("pkt_timebase", stream.TimeBase)
                .With("threads", threads)
                .With("max_pixels", framePixelsMax)
                .Open();
        }
        catch (LibavException failure)
        {
            codec.Dispose();
            // No thread could be started: there was no memory for its stack.
            var fault = failure.Code == LibavError.Again ? MediaFault.MemoryExhausted : MediaFault.Undecodable;
            throw new MediaException(fault, failure.Message, failure);
        }
    }
}
