namespace Fotograma.Media.Png;

/// <summary>A write-only stream into one array that is kept from picture to picture, and whose written part can be patched in place.</summary>
internal sealed class GrowingBuffer : Stream
{
    private byte[] bytes = new byte[64 << 10];

    /// <summary>How many bytes are written.</summary>
    public int Count { get; private set; }

    /// <summary>The written bytes; valid until the next write.</summary>
    public Span<byte> Span => bytes.AsSpan(0, Count);

    /// <summary>The written bytes; valid until the next <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Count);

    /// <summary>Forgets what is written and keeps the memory.</summary>
    public void Clear() => Count = 0;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => Count;

    /// <inheritdoc/>
    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var needed = checked(Count + buffer.Length);
        if (needed > bytes.Length) Array.Resize(ref bytes, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * bytes.Length)));
        buffer.CopyTo(bytes.AsSpan(Count));
        Count = needed;
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
