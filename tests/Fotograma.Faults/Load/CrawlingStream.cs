using System.Text;

namespace Fotograma.Faults.Load;

/// <summary>The beginning of an upload, a byte a second, without an end.</summary>
internal sealed class CrawlingStream : Stream
{
    private static readonly byte[] Beginning = Encoding.ASCII.GetBytes("--crawl\r\nContent-Disposition: form-data; name=\"video\"; filename=\"a.mp4\"\r\n\r\n\0\0\0\u0018ftypmp42");
    private int sent;

    /// <summary>Bytes sent so far.</summary>
    public int Sent => Volatile.Read(ref sent);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        buffer.Span[0] = sent < Beginning.Length ? Beginning[sent] : (byte)0;
        sent++;
        return 1;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
