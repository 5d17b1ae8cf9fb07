using System.Runtime.InteropServices;

namespace Fotograma.Media.Native;

/// <summary>Functions of libswscale, by their C names.</summary>
internal static unsafe partial class SwScale
{
    private const string Library = Libav.Scale;

    /// <summary>What the ffmpeg program asks of every scaler: bicubic, and nothing else.</summary>
    internal const int Bicubic = 4;

    /// <summary>Averages all pixels that fall into one: small pictures without jagged edges, at a modest price.</summary>
    internal const int Area = 0x20;

    [LibraryImport(Library, EntryPoint = "swscale_version")]
    internal static partial uint Version();

    [LibraryImport(Library, EntryPoint = "sws_alloc_context")]
    internal static partial nint AllocateContext();

    [LibraryImport(Library, EntryPoint = "sws_init_context")]
    internal static partial int Initialise(nint context, nint sourceFilter, nint targetFilter);

    [LibraryImport(Library, EntryPoint = "sws_freeContext")]
    internal static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "sws_getCoefficients")]
    internal static partial nint Coefficients(int colorSpace);

    [LibraryImport(Library, EntryPoint = "sws_getColorspaceDetails")]
    internal static partial int GetDetails(
        nint context, nint* sourceTable, int* sourceFull, nint* targetTable, int* targetFull, int* brightness, int* contrast, int* saturation);

    [LibraryImport(Library, EntryPoint = "sws_setColorspaceDetails")]
    internal static partial int SetDetails(
        nint context, nint sourceTable, int sourceFull, nint targetTable, int targetFull, int brightness, int contrast, int saturation);

    [LibraryImport(Library, EntryPoint = "sws_scale")]
    internal static partial int Convert(
        nint context, nint source, nint sourceStrides, int firstRow, int rows, nint target, nint targetStrides);
}
