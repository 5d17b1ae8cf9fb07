using Fotograma.Media.Faults;

namespace Fotograma.Media.Native;

/// <summary>
/// Notices that libav got no memory. Its decoders take that for damage, in as many words as they have places that allocate, and leave pictures out or paint
/// over them; its demuxers end as if the file did, or hand out half a packet. Either would make a result with holes where there should be none.
/// </summary>
internal static unsafe class MemoryWatch
{
    /// <summary>
    /// Room that there is where memory has not run out, in pictures: what another thread may have given back since a decoder got none, and the picture itself.
    /// </summary>
    private const int RoomPictures = 3;

    /// <summary>The same, in bytes, for all that is no picture.</summary>
    private const long RoomBytesLeast = 32 << 20;

    /// <summary>libav itself gives nobody more than two GiB at once.</summary>
    private const long RoomBytesMost = 1 << 30;

    private static readonly Lock Trying = new();
    private static long roomBytes = RoomBytesLeast;
    private static int misses;

    /// <summary>What libavcodec says, in just this format, when a decoder gets no room for a picture, for whatever reason.</summary>
    private static ReadOnlySpan<byte> NoPicture => "get_buffer() failed\n"u8;

    /// <summary>What libavcodec says before that, on the same thread, where no picture can have such a size or form (<c>ff_get_buffer</c>).</summary>
    private static ReadOnlySpan<byte> Impossible => "video_get_buffer: image parameters invalid"u8;

    [ThreadStatic]
    private static bool hasSeenImpossible;

    /// <summary>Whether memory ran out at some time.</summary>
    public static bool RanOut => Volatile.Read(ref misses) > 0;

    /// <summary>From now on, pictures are this large, in bytes.</summary>
    public static void Expect(long bytes) => Volatile.Write(ref roomBytes, Math.Min(RoomBytesMost, RoomBytesLeast + bytes * RoomPictures));

    /// <summary>Looks at an error in libav's log, before it is put together from its <paramref name="format"/>.</summary>
    public static void See(byte* format)
    {
        var isRefused = StartsWith(format, NoPicture);
        Note(isShort: isRefused && !hasSeenImpossible);
        hasSeenImpossible = !isRefused && (hasSeenImpossible || StartsWith(format, Impossible));
    }

    /// <summary>Looks at the result of a demuxer or of a decoder.</summary>
    public static int See(int result)
    {
        var isFailure = result < 0 && result != LibavError.Again && result != LibavError.EndOfFile;
        if (isFailure) Note(isShort: result == LibavError.OutOfMemory);
        return result;
    }

    /// <summary>Looks at what is damaged without a failure: a packet that did not come whole.</summary>
    public static void Look() => Note(isShort: false);

    /// <summary>Looks where a file ends. Some demuxers that get no memory pass over what they cannot read, to the end if need be, and say nothing.</summary>
    public static void LookAtEnd() => Note(isShort: false, RoomBytesLeast);

    /// <summary>Nothing that is read or decoded afterwards is of any use.</summary>
    /// <exception cref="MediaException"><see cref="MediaFault.MemoryExhausted"/>: it ran out at some time.</exception>
    public static void MustHaveSufficed()
    {
        if (RanOut) throw new MediaException(MediaFault.MemoryExhausted, "A picture or a packet got no memory.");
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

    private static void Note(bool isShort) => Note(isShort, Volatile.Read(ref roomBytes));

    private static void Note(bool isShort, long roomBytesNeeded)
    {
        if (isShort || !HasRoom(roomBytesNeeded)) Interlocked.Increment(ref misses);
    }

    // The kernel only reserves it; nothing is written, so that it costs little after each of many failures. One thread at a time: two would take the room from each other.
    private static bool HasRoom(long bytes)
    {
        lock (Trying) return AddressRoom.Has(bytes);
    }
}
