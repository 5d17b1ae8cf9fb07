namespace Fotograma.Media.Png;

/// <summary>Bytes that are appended to one array, which is kept from picture to picture; what is written can be patched in place.</summary>
internal sealed class GrowingBuffer
{
    private byte[] bytes = [];

    /// <summary>How many bytes are written.</summary>
    public int Count { get; private set; }

    /// <summary>The written bytes; valid until the next <see cref="Reserve"/>.</summary>
    public Span<byte> Span => bytes.AsSpan(0, Count);

    /// <summary>The written bytes; valid until the next <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Count);

    /// <summary>
    /// Forgets what is written and keeps the memory; there is room for <paramref name="expected"/> bytes afterwards. Memory that is never written to
    /// costs nothing, while an array that grows leaves its earlier ones behind.
    /// </summary>
    public void Clear(int expected)
    {
        Count = 0;
        if (expected > bytes.Length) MakeRoom(expected);
    }

    /// <summary>Room for at least <paramref name="length"/> more bytes, which do not count until <see cref="Advance"/> says so.</summary>
    public Span<byte> Reserve(int length)
    {
        var needed = checked(Count + length);
        if (needed > bytes.Length) MakeRoom((int)Math.Min(Array.MaxLength, Math.Max(needed, bytes.Length + (bytes.Length / 2L))));
        return bytes.AsSpan(Count);
    }

    private void MakeRoom(int length)
    {
        var larger = GC.AllocateUninitializedArray<byte>(length);
        Span.CopyTo(larger);
        bytes = larger;
    }

    /// <summary>Counts the first <paramref name="length"/> bytes of the reserved room as written.</summary>
    public void Advance(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, bytes.Length - Count);
        Count += length;
    }

    /// <summary>Appends <paramref name="source"/>.</summary>
    public void Write(ReadOnlySpan<byte> source)
    {
        source.CopyTo(Reserve(source.Length));
        Advance(source.Length);
    }
}
