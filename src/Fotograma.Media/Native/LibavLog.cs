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

    [ThreadStatic]
    private static bool isMuted;

    [ThreadStatic]
    private static int refusedStreams;

    private static Stream target = Stream.Null;
    private static int left = BytesMax;
    private static long errors;
    private static long nothingToForget;

    /// <summary>
    /// How many errors libav has reported so far, in the whole process. The errors of decoders are the only sure sign of damage: what
    /// frames themselves say is written by other threads, sometimes after the frame was handed out.
    /// </summary>
    public static long Errors => Interlocked.Read(ref errors);

    /// <summary>
    /// How many of them say that an H.264 picture tells to forget a reference that is not there. Where decoding starts with the key frame of an open group that is no error: what was before it was left out.
    /// </summary>
    public static long NothingToForget => Interlocked.Read(ref nothingToForget);

    /// <summary>
    /// Whether errors that the calling thread meets from now on are neither counted nor written. For what is known to be wrong with purpose.
    /// </summary>
    public static void Mute(bool mute) => isMuted = mute;

    /// <summary>How often the calling thread met a container with more streams than it may have. What follows looks like something else.</summary>
    public static int RefusedStreams => refusedStreams;

    /// <summary>What libav says then, in this format.</summary>
    private static ReadOnlySpan<byte> TooManyStreams => "Number of streams exceeds max_streams"u8;

    private static ReadOnlySpan<byte> NothingThere => "mmco: unref short failure"u8;

    /// <summary>Counts errors from now on, without writing them anywhere yet.</summary>
    public static void Listen()
    {
        AvUtil.SetLogLevel(ErrorLevel);
        AvUtil.SetLogCallback(&Write);
    }

    /// <summary>Writes errors to <paramref name="stream"/>, which must be safe for several threads, from now on.</summary>
    public static void WriteTo(Stream stream)
    {
        Volatile.Write(ref target, Stream.Synchronized(stream));
        Listen();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Write(nint source, int level, nint format, nint arguments)
    {
        // The variable arguments are passed on as the pointer they are on x86-64 and arm64 alike.
        if (level > ErrorLevel || isMuted) return;
        // Counted first: it is taken from the others.
        if (MemoryWatch.StartsWith((byte*)format, NothingThere)) Interlocked.Increment(ref nothingToForget);
        Interlocked.Increment(ref errors);
        MemoryWatch.See((byte*)format);
        if (MemoryWatch.StartsWith((byte*)format, TooManyStreams)) refusedStreams++;
        if (Volatile.Read(ref left) <= 0) return;
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
