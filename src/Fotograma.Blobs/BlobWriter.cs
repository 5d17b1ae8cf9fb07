using Fotograma.Blobs.Drivers;

namespace Fotograma.Blobs;

/// <summary>
/// Writes one blob, from its first byte to its last. Nobody sees it before <see cref="CommitAsync"/>; disposing without a commit, or after a failed or cancelled
/// write, leaves nothing behind. Write only, forward only, asynchronous only; not for concurrent use.
/// </summary>
public sealed class BlobWriter : Stream
{
    private readonly BlobUpload upload;
    private long written;
    private State state = State.Open;

    internal BlobWriter(BlobUpload upload) => this.upload = upload;

    private enum State
    {
        Open,
        Broken,
        Committed,
        Closed,
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => state == State.Open;

    /// <summary>Bytes written so far.</summary>
    public override long Length => written;

    /// <summary>Bytes written so far; cannot be set.</summary>
    public override long Position
    {
        get => written;
        set => throw new NotSupportedException("A blob is written from its beginning to its end.");
    }

    /// <summary>
    /// Makes the blob durable and visible. When it fails or is cancelled the blob may not be committed any more: dispose the writer. (A cancellation or a failure
    /// of the very last step may still find the blob in place.)
    /// </summary>
    /// <exception cref="BlobExistsException">The key is taken, and the writer was not made to overwrite.</exception>
    public async Task<BlobInfo> CommitAsync(CancellationToken cancellation)
    {
        MustBeOpen();
        cancellation.ThrowIfCancellationRequested();
        state = State.Broken;
        var info = await upload.CommitAsync(cancellation);
        state = State.Committed;
        return info;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        MustBeOpen();
        // A write that ends early may have stored a part: from then on the writer can only be disposed.
        state = State.Broken;
        cancellationToken.ThrowIfCancellationRequested();
        await upload.WriteAsync(buffer, cancellationToken);
        written += buffer.Length;
        state = State.Open;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A blob writer cannot read.");

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A blob is written from its beginning to its end.");

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException("A blob is written from its beginning to its end.");

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (state == State.Closed) return;
        state = State.Closed;
        await upload.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && state != State.Closed)
        {
            state = State.Closed;
            upload.Dispose();
        }
        base.Dispose(disposing);
    }

    private void MustBeOpen()
    {
        ObjectDisposedException.ThrowIf(state == State.Closed, this);
        if (state == State.Committed) throw new InvalidOperationException("The blob is committed.");
        if (state == State.Broken) throw new InvalidOperationException("An earlier write or commit of this blob failed; begin anew.");
    }
}
