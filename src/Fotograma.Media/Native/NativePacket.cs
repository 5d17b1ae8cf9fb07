namespace Fotograma.Media.Native;

/// <summary>A piece of compressed data (<c>AVPacket</c>).</summary>
internal sealed unsafe class NativePacket() : NativeStruct(LibavError.Check(AvCodec.AllocatePacket(), "av_packet_alloc"))
{
    private const int KeyFlag = 1;
    private const int CorruptFlag = 2;
    private const int DiscardFlag = 4;

    private static LibavLayout Layout => Libav.Layout;

    public ref long Pts => ref Field<long>(Layout.PacketPts);
    public ref long Dts => ref Field<long>(Layout.PacketDts);
    public long Duration => Field<long>(Layout.PacketDuration);
    public int Stream => Field<int>(Layout.PacketStream);
    public int Size => Field<int>(Layout.PacketSize);
    public bool IsKey => (Field<int>(Layout.PacketFlags) & KeyFlag) != 0;
    public bool IsDamaged => (Field<int>(Layout.PacketFlags) & CorruptFlag) != 0;

    /// <summary>The picture has to be decoded but is not to be shown.</summary>
    public bool IsHidden => (Field<int>(Layout.PacketFlags) & DiscardFlag) != 0;

    /// <summary>Where the packet lies in the file; -1 when unknown.</summary>
    public long Position => Field<long>(Layout.PacketPosition);

    public ReadOnlySpan<byte> Data => new((void*)Field<nint>(Layout.PacketData), Size);

    /// <summary>
    /// Keeps the first <paramref name="bytes"/> bytes, and gives them for changing.
    /// </summary>
    /// <exception cref="LibavException">There is no memory for a copy of its own.</exception>
    public Span<byte> Cut(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Size);
        LibavError.Check(AvCodec.OwnPayload(handle), "av_packet_make_writable");
        AvCodec.ShortenPayload(handle, bytes);
        return new Span<byte>((void*)Field<nint>(Layout.PacketData), Size);
    }

    /// <summary>Drops the data.</summary>
    public void Clear() => AvCodec.ReleasePacket(handle);

    protected override bool ReleaseHandle()
    {
        var pointer = handle;
        AvCodec.FreePacket(&pointer);
        return true;
    }
}
