using System.Runtime.InteropServices;

namespace Fotograma.Media.Native;

/// <summary>Functions of libavutil, by their C names.</summary>
internal static unsafe partial class AvUtil
{
    private const string Library = Libav.Util;

    [LibraryImport(Library, EntryPoint = "avutil_version")]
    internal static partial uint Version();

    [LibraryImport(Library, EntryPoint = "av_malloc")]
    internal static partial nint Allocate(nuint bytes);

    [LibraryImport(Library, EntryPoint = "av_free")]
    internal static partial void Free(nint memory);

    [LibraryImport(Library, EntryPoint = "av_strerror")]
    internal static partial int DescribeError(int code, byte* text, nuint bytes);

    [LibraryImport(Library, EntryPoint = "av_dict_set", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetEntry(nint* dictionary, string key, string value, int flags);

    [LibraryImport(Library, EntryPoint = "av_dict_free")]
    internal static partial void FreeDictionary(nint* dictionary);

    [LibraryImport(Library, EntryPoint = "av_opt_set", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetOption(nint target, string name, string value, int flags);

    [LibraryImport(Library, EntryPoint = "av_opt_set_int", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetOption(nint target, string name, long value, int flags);

    [LibraryImport(Library, EntryPoint = "av_opt_set_q", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetOption(nint target, string name, NativeRational value, int flags);

    [LibraryImport(Library, EntryPoint = "av_frame_alloc")]
    internal static partial nint AllocateFrame();

    [LibraryImport(Library, EntryPoint = "av_frame_free")]
    internal static partial void FreeFrame(nint* frame);

    [LibraryImport(Library, EntryPoint = "av_frame_ref")]
    internal static partial int ReferFrame(nint target, nint source);

    [LibraryImport(Library, EntryPoint = "av_frame_unref")]
    internal static partial void ReleaseFrame(nint frame);

    [LibraryImport(Library, EntryPoint = "av_frame_get_buffer")]
    internal static partial int AllocatePlanes(nint frame, int alignment);

    [LibraryImport(Library, EntryPoint = "av_frame_get_side_data")]
    internal static partial nint FrameSideData(nint frame, int type);

    [LibraryImport(Library, EntryPoint = "av_get_pix_fmt", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int PixelFormatByName(string name);

    [LibraryImport(Library, EntryPoint = "av_get_pix_fmt_name")]
    internal static partial nint PixelFormatName(int format);

    [LibraryImport(Library, EntryPoint = "av_pix_fmt_desc_get")]
    internal static partial nint PixelFormatDescriptor(int format);

    [LibraryImport(Library, EntryPoint = "av_color_space_name")]
    internal static partial nint ColorSpaceName(int space);

    [LibraryImport(Library, EntryPoint = "av_color_transfer_name")]
    internal static partial nint ColorTransferName(int transfer);

    [LibraryImport(Library, EntryPoint = "av_display_rotation_get")]
    internal static partial double DisplayRotation(int* matrix);

    [LibraryImport(Library, EntryPoint = "av_log_set_level")]
    internal static partial void SetLogLevel(int level);

    [LibraryImport(Library, EntryPoint = "av_log_set_callback")]
    internal static partial void SetLogCallback(delegate* unmanaged[Cdecl]<nint, int, nint, nint, void> callback);

    [LibraryImport(Library, EntryPoint = "av_log_format_line2")]
    internal static partial int FormatLogLine(nint source, int level, nint format, nint arguments, byte* line, int bytes, int* prefix);
}
