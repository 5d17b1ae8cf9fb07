using System.Buffers;
using System.Runtime.InteropServices;

namespace Fotograma.Media.Png;

/// <summary>
/// Bytes that are appended to one piece of memory, which is kept from picture to picture; what is written can be patched in place. The memory is not
/// the garbage collector's: when it grows, the kernel moves its pages, and nothing is left behind.
/// </summary>
internal sealed unsafe class GrowingBuffer : MemoryManager<byte>
{
    private byte* bytes;
    private int length;

    /// <summary>How many bytes are written.</summary>
    public int Count { get; private set; }

    /// <summary>The written bytes; valid until the next <see cref="Reserve"/>.</summary>
    public Span<byte> Span => new(bytes, Count);

    /// <summary>The written bytes; valid until the next <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => CreateMemory(Count);

    /// <summary>
    /// Forgets what is written and keeps the memory; there is room for <paramref name="expected"/> bytes afterwards. Memory that is never written to
    /// costs nothing.
    /// </summary>
    public void Clear(int expected)
    {
        Count = 0;
        if (expected > length) MakeRoom(expected);
    }

    /// <summary>Room for at least <paramref name="length"/> more bytes, which do not count until <see cref="Advance"/> says so.</summary>
    public Span<byte> Reserve(int length)
    {
        var needed = checked(Count + length);
        if (needed > this.length) MakeRoom((int)Math.Min(Array.MaxLength, Math.Max(needed, this.length + (this.length / 2L))));
        return new Span<byte>(bytes + Count, this.length - Count);
    }

    /// <summary>Counts the first <paramref name="length"/> bytes of the reserved room as written.</summary>
    public void Advance(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, this.length - Count);
        Count += length;
    }

    /// <summary>Appends <paramref name="source"/>.</summary>
    public void Write(ReadOnlySpan<byte> source)
    {
        source.CopyTo(Reserve(source.Length));
        Advance(source.Length);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new(bytes, length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(bytes + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free(bytes);
        bytes = null;
        (length, Count) = (0, 0);
    }

    private void MakeRoom(int room)
    {
        bytes = (byte*)NativeMemory.Realloc(bytes, (nuint)room);
        length = room;
    }
}
