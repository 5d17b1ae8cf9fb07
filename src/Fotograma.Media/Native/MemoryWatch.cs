namespace Fotograma.Media.Native;

/// <summary>
/// Notices that libav got no memory for a picture. Its decoders take that for damage and leave the picture out, which would make a result with
/// holes where there should be none.
/// </summary>
internal static unsafe class MemoryWatch
{
    /// <summary>The least that is tried, in bytes: small pieces may come from what is already there.</summary>
    private const long TryBytesLeast = 4 << 20;

    private static long pictureBytes = TryBytesLeast;
    private static int misses;

    [ThreadStatic]
    private static bool hasSeenImpossible;

    /// <summary>What libavcodec says, in just this format, when a decoder gets no room for a picture, for whatever reason.</summary>
    private static ReadOnlySpan<byte> NoPicture => "get_buffer() failed\n"u8;

    /// <summary>What libavcodec says before that, on the same thread, where no picture can have such a size or form (<c>ff_get_buffer</c>).</summary>
    private static ReadOnlySpan<byte> Impossible => "video_get_buffer: image parameters invalid"u8;

    /// <summary>Whether memory ran out at some time.</summary>
    public static bool RanOut => Volatile.Read(ref misses) > 0;

    /// <summary>From now on, pictures are this large, in bytes.</summary>
    public static void Expect(long bytes) => Volatile.Write(ref pictureBytes, Math.Max(bytes, TryBytesLeast));

    /// <summary>Looks at a line of libav's log, before it is put together from its <paramref name="format"/>.</summary>
    public static void See(byte* format)
    {
        if (StartsWith(format, Impossible)) hasSeenImpossible = true;
        else if (StartsWith(format, NoPicture) && !(hasSeenImpossible && HasRoom())) Interlocked.Increment(ref misses);
    }

    /// <summary>Whether a text that ends with a zero starts like this. Reads nothing behind its end.</summary>
    internal static bool StartsWith(byte* text, ReadOnlySpan<byte> start)
    {
        foreach (var expected in start)
        {
            if (*text++ != expected) return false;
        }

        return true;
    }

    /// <summary>
    /// Asks for memory to learn whether there is some. A yes says nothing of a moment ago, when another thread may not have given its picture back yet: it
    /// is only asked on threads that have met impossible pictures, where one line cannot be told from the other any more.
    /// </summary>
    private static bool HasRoom()
    {
        var room = AvUtil.Allocate((nuint)Volatile.Read(ref pictureBytes));
        if (room == 0) return false;
        AvUtil.Free(room);
        return true;
    }

    /// <summary>Looks at the result of a decoder.</summary>
    public static int See(int result)
    {
        if (result == LibavError.OutOfMemory) Interlocked.Increment(ref misses);
        return result;
    }
}
