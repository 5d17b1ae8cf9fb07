using System.Runtime.InteropServices;

namespace Fotograma.Media.Native;

/// <summary>Functions of libavcodec, by their C names.</summary>
internal static unsafe partial class AvCodec
{
    private const string Library = Libav.Codec;

    [LibraryImport(Library, EntryPoint = "avcodec_version")]
    internal static partial uint Version();

    [LibraryImport(Library, EntryPoint = "avcodec_get_name")]
    internal static partial nint CodecName(int codec);

    [LibraryImport(Library, EntryPoint = "avcodec_find_decoder_by_name", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint FindDecoder(string name);

    [LibraryImport(Library, EntryPoint = "avcodec_find_encoder_by_name", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint FindEncoder(string name);

    [LibraryImport(Library, EntryPoint = "avcodec_alloc_context3")]
    internal static partial nint AllocateContext(nint codec);

    [LibraryImport(Library, EntryPoint = "avcodec_free_context")]
    internal static partial void FreeContext(nint* context);

    [LibraryImport(Library, EntryPoint = "avcodec_parameters_alloc")]
    internal static partial nint AllocateParameters();

    [LibraryImport(Library, EntryPoint = "avcodec_parameters_free")]
    internal static partial void FreeParameters(nint* parameters);

    [LibraryImport(Library, EntryPoint = "avcodec_parameters_to_context")]
    internal static partial int ApplyParameters(nint context, nint parameters);

    [LibraryImport(Library, EntryPoint = "avcodec_open2")]
    internal static partial int Open(nint context, nint codec, nint* options);

    [LibraryImport(Library, EntryPoint = "avcodec_send_packet")]
    internal static partial int SendPacket(nint context, nint packet);

    [LibraryImport(Library, EntryPoint = "avcodec_receive_frame")]
    internal static partial int ReceiveFrame(nint context, nint frame);

    [LibraryImport(Library, EntryPoint = "avcodec_send_frame")]
    internal static partial int SendFrame(nint context, nint frame);

    [LibraryImport(Library, EntryPoint = "avcodec_receive_packet")]
    internal static partial int ReceivePacket(nint context, nint packet);

    [LibraryImport(Library, EntryPoint = "avcodec_flush_buffers")]
    internal static partial void Flush(nint context);

    [LibraryImport(Library, EntryPoint = "av_packet_alloc")]
    internal static partial nint AllocatePacket();

    [LibraryImport(Library, EntryPoint = "av_packet_free")]
    internal static partial void FreePacket(nint* packet);

    [LibraryImport(Library, EntryPoint = "av_packet_unref")]
    internal static partial void ReleasePacket(nint packet);

    [LibraryImport(Library, EntryPoint = "av_new_packet")]
    internal static partial int AllocatePayload(nint packet, int bytes);

    [LibraryImport(Library, EntryPoint = "av_packet_make_writable")]
    internal static partial int OwnPayload(nint packet);

    [LibraryImport(Library, EntryPoint = "av_shrink_packet")]
    internal static partial void ShortenPayload(nint packet, int bytes);

    [LibraryImport(Library, EntryPoint = "av_packet_side_data_get")]
    internal static partial nint FindSideData(nint sideData, int count, int type);
}
