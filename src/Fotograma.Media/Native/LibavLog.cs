using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fotograma.Media.Native;

/// <summary>
/// Sends libav's log to the standard error stream of the process, at most <see cref="BytesMax"/> in all: a hostile file can make libav
/// write without end.
/// </summary>
internal static unsafe class LibavLog
{
    private const int BytesMax = 64 << 10;
    private const int LineBytesMax = 1024;
    private const int ErrorLevel = 16;

    private static Stream target = Stream.Null;
    private static int left = BytesMax;

    /// <summary>Writes errors to <paramref name="stream"/>, which must be safe for several threads, from now on.</summary>
    public static void WriteTo(Stream stream)
    {
        target = Stream.Synchronized(stream);
        AvUtil.SetLogLevel(ErrorLevel);
        AvUtil.SetLogCallback(&Write);
    }

    /// <summary>Keeps libav quiet.</summary>
    public static void Silence()
    {
        const int Quiet = -8;
        AvUtil.SetLogLevel(Quiet);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Write(nint source, int level, nint format, nint arguments)
    {
        // The variable arguments are passed on as the pointer they are on x86-64 and arm64 alike.
        if (level > ErrorLevel || Volatile.Read(ref left) <= 0) return;
        var line = stackalloc byte[LineBytesMax];
        var prefix = 1;
        var bytes = AvUtil.FormatLogLine(source, level, format, arguments, line, LineBytesMax, &prefix);
        bytes = Math.Min(bytes, LineBytesMax - 1);
        if (bytes <= 0 || Interlocked.Add(ref left, -bytes) < 0) return;
        try
        {
            target.Write(new ReadOnlySpan<byte>(line, bytes));
        }
        catch (IOException)
        {
            // Nobody listens; the log is a courtesy.
        }
    }
}
