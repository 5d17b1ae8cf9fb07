using System.Runtime.InteropServices;

namespace Fotograma.Media.Native;

/// <summary>Functions of libavformat, by their C names.</summary>
internal static unsafe partial class AvFormat
{
    private const string Library = Libav.Format;

    [LibraryImport(Library, EntryPoint = "avformat_version")]
    internal static partial uint Version();

    [LibraryImport(Library, EntryPoint = "avformat_alloc_context")]
    internal static partial nint AllocateContext();

    [LibraryImport(Library, EntryPoint = "avformat_free_context")]
    internal static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "avformat_new_stream")]
    internal static partial nint AddStream(nint context, nint codec);

    [LibraryImport(Library, EntryPoint = "avformat_open_input", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(nint* context, string url, nint format, nint* options);

    [LibraryImport(Library, EntryPoint = "avformat_close_input")]
    internal static partial void Close(nint* context);

    [LibraryImport(Library, EntryPoint = "avformat_find_stream_info")]
    internal static partial int FindStreams(nint context, nint options);

    [LibraryImport(Library, EntryPoint = "av_read_frame")]
    internal static partial int ReadPacket(nint context, nint packet);

    [LibraryImport(Library, EntryPoint = "av_seek_frame")]
    internal static partial int Seek(nint context, int stream, long timestamp, int flags);

    [LibraryImport(Library, EntryPoint = "av_stream_get_side_data")]
    internal static partial nint StreamSideData(nint stream, int type, nuint* bytes);

    [LibraryImport(Library, EntryPoint = "avio_alloc_context")]
    internal static partial nint AllocateIo(
        nint buffer, int bufferBytes, int writable, nint opaque,
        delegate* unmanaged[Cdecl]<nint, byte*, int, int> read, nint write, delegate* unmanaged[Cdecl]<nint, long, int, long> seek);

    [LibraryImport(Library, EntryPoint = "avio_context_free")]
    internal static partial void FreeIo(nint* io);
}
