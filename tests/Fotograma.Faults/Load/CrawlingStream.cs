using System.Text;

namespace Fotograma.Faults.Load;

/// <summary>The beginning of an upload, so many bytes at once and then a byte a second, without an end.</summary>
internal sealed class CrawlingStream(int rushBytes) : Stream
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
        var rushed = Math.Min(buffer.Length, rushBytes - sent);
        if (rushed <= 0) await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        var bytes = buffer.Span[..Math.Max(1, rushed)];
        bytes.Clear();
        if (sent < Beginning.Length) Beginning.AsSpan(sent, Math.Min(bytes.Length, Beginning.Length - sent)).CopyTo(bytes);
        sent += bytes.Length;
        return bytes.Length;
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
