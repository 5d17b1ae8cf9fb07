using Amazon.S3;
using Amazon.S3.Model;

namespace Fotograma.Blobs.S3;

/// <summary>
/// A blob, or a part of it, read through as few requests as it takes. When the connection breaks or falls silent, the rest is asked for again under the
/// condition that the blob is still the same (<c>If-Match</c>, or its version where the bucket keeps versions), so bytes of two contents are never mixed.
/// </summary>
internal sealed class S3ReadStream : Stream
{
    // Asking anew costs about as much as reading this much further.
    private const int SkippedBytesMax = 64 << 10;
    private readonly S3Store store;
    private readonly string key;
    private readonly string? version;
    private readonly string tag;
    private readonly long start;
    private readonly long length;
    private Stream? body;
    private long bodyAt;
    private long position;
    private int failures;

    /// <param name="store">The bucket.</param>
    /// <param name="key">The blob's key.</param>
    /// <param name="first">The answer to the first request, whose body begins at <paramref name="start"/>.</param>
    /// <param name="start">Where in the blob the stream begins.</param>
    /// <param name="length">How many bytes it has.</param>
    public S3ReadStream(S3Store store, string key, GetObjectResponse first, long start, long length)
    {
        (this.store, this.key, this.start, this.length) = (store, key, start, length);
        (version, tag, body) = (Known(first.VersionId), first.ETag, first.ResponseStream);
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0 || position >= length) return 0;
        buffer = buffer[..(int)Math.Min(buffer.Length, length - position)];
        while (true)
        {
            try
            {
                await MoveAsync(cancellationToken);
                var read = await ReadBodyAsync(buffer, cancellationToken);
                if (read == 0) throw new EndOfStreamException("The answer ended early.");
                position += read;
                failures = 0;
                return read;
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                Drop();
                throw new OperationCanceledException(cancellationToken);
            }
            catch (Exception exception) when (exception is not BlobException && S3Failures.IsTransient(exception))
            {
                Drop();
                if (++failures > store.Options.RetriesMax) throw S3Failures.Translate(exception, "send a blob");
                await store.Calls.PauseAsync(failures, cancellationToken);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("A blob is read only.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A blob is read only.");

    protected override void Dispose(bool disposing)
    {
        if (disposing) Drop();
        base.Dispose(disposing);
    }

    // Brings the body to where the stream is: by reading on a little, or by asking for the rest from there.
    private async Task MoveAsync(CancellationToken cancellation)
    {
        if (body is not null && position > bodyAt && position - bodyAt <= SkippedBytesMax)
        {
            var skipped = new byte[position - bodyAt];
            while (bodyAt < position)
            {
                if (await ReadBodyAsync(skipped.AsMemory(0, (int)(position - bodyAt)), cancellation) == 0) throw new EndOfStreamException("The answer ended early.");
            }
        }
        if (body is not null && bodyAt == position) return;
        Drop();
        await OpenAsync(cancellation);
    }

    private async Task<int> ReadBodyAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        using var silence = new CancellationTokenSource(TimeSpan.FromSeconds(store.Options.SilenceSeconds), store.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellation);
        var read = await body!.ReadAsync(buffer, either.Token);
        bodyAt += read;
        return read;
    }

    private async Task OpenAsync(CancellationToken cancellation)
    {
        var request = new GetObjectRequest
        {
            BucketName = store.Bucket, Key = store.ObjectKey(key), ByteRange = new ByteRange(start + position, start + length - 1), EtagToMatch = tag, VersionId = version,
        };
        try
        {
            var response = await store.Calls.RunAsync("send a blob", token => store.Client.GetObjectAsync(request, token), cancellation, IsGone);
            if (S3Store.RangeOf(response).From != start + position)
            {
                response.Dispose();
                throw new BlobStoreUnavailableException("The S3 store sent another part of a blob than it was asked for.");
            }
            (body, bodyAt) = (response.ResponseStream, position);
        }
        catch (AmazonS3Exception exception) when (IsGone(exception))
        {
            throw new BlobReplacedException(key);
        }
    }

    private static bool IsGone(AmazonS3Exception exception) =>
        S3Failures.IsAbsent(exception) || S3Failures.IsConditionFailed(exception) || S3Failures.IsOutOfRange(exception);

    // A bucket whose versions were switched off says "null".
    private static string? Known(string? version) => version is null or "" or "null" ? null : version;

    private void Drop()
    {
        body?.Dispose();
        body = null;
    }
}
