using System.Reflection;
using System.Runtime.InteropServices;
using Fotograma.Media.Faults;

namespace Fotograma.Media.Native;

/// <summary>
/// The loaded libav libraries. They are found by the names their major versions have on Linux, so that any of the known generations can
/// be installed; the first one of which all four libraries are there is used, newest first. A generation whose layout is not known, or
/// that does not pass <see cref="LayoutCheck"/>, is refused with <see cref="MediaFault.DecoderUnavailable"/>.
/// </summary>
internal static class Libav
{
    internal const string Util = "fotograma:avutil";
    internal const string Codec = "fotograma:avcodec";
    internal const string Format = "fotograma:avformat";
    internal const string Scale = "fotograma:swscale";

    /// <summary>Marks an unknown timestamp.</summary>
    internal const long NoTimestamp = long.MinValue;

    private static readonly Lazy<Loaded> Library = new(Find);

    private static readonly Dictionary<string, nint> Modules = new(StringComparer.Ordinal);

    /// <summary>The layout of the loaded generation.</summary>
    /// <exception cref="MediaException">No usable library was found.</exception>
    public static LibavLayout Layout => Library.Value.Layout;

    /// <summary>Loads and checks the libraries, once.</summary>
    /// <exception cref="MediaException">No usable library was found.</exception>
    public static void Load()
    {
        var loaded = Library.Value;
        if (loaded.Problem is { } problem) throw new MediaException(MediaFault.DecoderUnavailable, problem);
    }

    private static Loaded Find()
    {
        NativeLibrary.SetDllImportResolver(typeof(Libav).Assembly, Resolve);
        if (nint.Size != 8 || !BitConverter.IsLittleEndian) return new Loaded(LibavLayout.Known[0], "Only 64-bit little-endian machines are supported.");
        foreach (var layout in LibavLayout.Known.Reverse())
        {
            if (!TryOpen(layout)) continue;
            return new Loaded(layout, LayoutCheck.FindProblem(layout));
        }

        var names = string.Join(", ", LibavLayout.Known.Select(layout => $"libavformat.so.{layout.CodecMajor}"));
        return new Loaded(LibavLayout.Known[0], $"None of {names} could be loaded together with its companions.");
    }

    private static bool TryOpen(LibavLayout layout)
    {
        (string Key, string File)[] files =
        [
            (Util, $"libavutil.so.{layout.UtilMajor}"), (Codec, $"libavcodec.so.{layout.CodecMajor}"),
            (Format, $"libavformat.so.{layout.CodecMajor}"), (Scale, $"libswscale.so.{layout.ScaleMajor}"),
        ];
        foreach (var (key, file) in files)
        {
            if (!NativeLibrary.TryLoad(file, out var module)) return false;
            Modules[key] = module;
        }

        return true;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => Modules.GetValueOrDefault(name);

    private sealed record Loaded(LibavLayout Layout, string? Problem);
}
