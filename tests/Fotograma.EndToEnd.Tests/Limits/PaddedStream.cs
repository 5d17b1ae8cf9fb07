namespace Fotograma.EndToEnd.Tests.Limits;

/// <summary>A file followed by zeros up to a given length, made as it is read.</summary>
internal sealed class PaddedStream(Stream head, long length) : Stream
{
    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var wanted = (int)Math.Min(count, length - position);
        if (wanted <= 0) return 0;
        var read = head.Read(buffer, offset, wanted);
        if (read == 0)
        {
            Array.Clear(buffer, offset, wanted);
            read = wanted;
        }
        position += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
