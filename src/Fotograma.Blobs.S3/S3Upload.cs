using Amazon.S3;
using Amazon.S3.Model;
using Fotograma.Blobs.Drivers;
using Microsoft.Extensions.Logging;

namespace Fotograma.Blobs.S3;

/// <summary>
/// A blob on its way to the store. What fits into one part is written with one request at the commit; anything larger as the parts of a multipart upload, which
/// nobody sees before it is completed. A commit that must not replace anything asks for that with <c>If-None-Match: *</c>; for stores that ignore it when an
/// upload is completed, it also looks first.
/// </summary>
internal sealed class S3Upload(S3Store store, string key, bool overwrite, string mark, LiveUploads live, ILogger log) : BlobUpload
{
    private const int FirstBufferBytes = 64 << 10;
    private byte[] buffer = [];
    private int filled;
    private long written;
    private PartSender? parts;
    private bool attempted;
    private bool committed;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (bytes.Length > 0)
        {
            if (filled == store.Options.PartBytes) await SendPartAsync(cancellation);
            var taken = Math.Min(bytes.Length, store.Options.PartBytes - filled);
            MakeRoom(filled + taken);
            bytes[..taken].CopyTo(buffer.AsMemory(filled));
            filled += taken;
            written += taken;
            bytes = bytes[taken..];
        }
    }

    public override async Task<BlobInfo> CommitAsync(CancellationToken cancellation)
    {
        try
        {
            if (parts is null) await PutAsync(cancellation);
            else await CompleteAsync(parts, cancellation);
        }
        catch (Exception exception) when (exception is AmazonS3Exception or BlobStoreUnavailableException && attempted && !cancellation.IsCancellationRequested)
        {
            var found = await store.FindAsync(key, cancellation);
            if (found?.Writer != mark) throw Failed(exception);
        }
        return await ConfirmAsync(cancellation);
    }

    public override async ValueTask DisposeAsync()
    {
        if (committed) return;
        committed = true;
        if (parts is not null) await parts.AbandonAsync();
        // The commit may have happened without our hearing of it. Where something else may have been replaced by it, removing it would not bring that back.
        if (attempted && !overwrite) await RemoveOwnAsync();
    }

    public override void Dispose() => live.Leave(DisposeAsync().AsTask());

    private void MakeRoom(int bytes)
    {
        if (buffer.Length >= bytes) return;
        var wanted = Math.Max(FirstBufferBytes, buffer.Length);
        while (wanted < bytes) wanted = (int)Math.Min(store.Options.PartBytes, 2L * wanted);
        Array.Resize(ref buffer, Math.Min(wanted, store.Options.PartBytes));
    }

    private async Task SendPartAsync(CancellationToken cancellation)
    {
        parts ??= await PartSender.BeginAsync(store, key, mark, live, log, cancellation);
        buffer = await parts.SendAsync(buffer, filled, cancellation);
        filled = 0;
    }

    private async Task PutAsync(CancellationToken cancellation)
    {
        attempted = true;
        if (store.IgnoresConditions)
        {
            await MustBeFreeAsync(cancellation);
            await PutAsync(conditional: false, cancellation);
            return;
        }
        try
        {
            await PutAsync(conditional: !overwrite, cancellation);
        }
        catch (AmazonS3Exception exception) when (S3Failures.IsNotImplemented(exception) && !overwrite)
        {
            store.IgnoresConditions = true;
            await PutAsync(cancellation);
        }
    }

    private async Task PutAsync(bool conditional, CancellationToken cancellation) => await store.Calls.RunAsync(
        "store a blob",
        async token =>
        {
            using var body = new MemoryStream(buffer, 0, filled, writable: false);
            var request = new PutObjectRequest
            {
                BucketName = store.Bucket, Key = store.ObjectKey(key), InputStream = body, AutoCloseStream = false, UseChunkEncoding = false,
                ContentType = "application/octet-stream", IfNoneMatch = conditional ? "*" : null,
            };
            request.Metadata[S3Store.WriterMark] = mark;
            store.Safeguards.Apply(request, buffer.AsSpan(0, filled));
            return await store.Client.PutObjectAsync(request, token);
        },
        cancellation, exception => conditional && (S3Failures.IsConditionFailed(exception) || S3Failures.IsNotImplemented(exception)));

    private async Task CompleteAsync(PartSender sender, CancellationToken cancellation)
    {
        if (filled > 0) await SendPartAsync(cancellation);
        await sender.FinishAsync(cancellation);
        if (!overwrite) await MustBeFreeAsync(cancellation);
        attempted = true;
        try
        {
            await sender.CompleteAsync(conditional: !overwrite && !store.IgnoresConditions, cancellation);
        }
        catch (AmazonS3Exception exception) when (S3Failures.IsNotImplemented(exception) && !overwrite && !store.IgnoresConditions)
        {
            store.IgnoresConditions = true;
            await sender.CompleteAsync(conditional: false, cancellation);
        }
    }

    private async Task MustBeFreeAsync(CancellationToken cancellation)
    {
        if (!overwrite && await store.FindAsync(key, cancellation) is not null) throw new BlobExistsException(key);
    }

    // What the store has is looked at once more: that it is ours, and all of it.
    private async Task<BlobInfo> ConfirmAsync(CancellationToken cancellation)
    {
        var found = await store.FindAsync(key, cancellation) ?? throw new BlobStoreUnavailableException($"The S3 store took the blob {key} and does not have it.");
        if (found.Writer != mark)
        {
            // A rival came a moment later. Where replacing is allowed that is his right; otherwise he won.
            if (!overwrite) throw new BlobExistsException(key);
        }
        else if (found.Info.Length != written)
        {
            await store.DeleteAsync(key, cancellation);
            throw new BlobDamagedException(key, $"{written} bytes were sent, and the S3 store has {found.Info.Length}.");
        }
        committed = true;
        parts?.Dispose();
        return found.Info;
    }

    private BlobException Failed(Exception exception) => exception switch
    {
        BlobException known => known,
        AmazonS3Exception refused when S3Failures.IsConditionFailed(refused) => new BlobExistsException(key),
        _ => S3Failures.Translate(exception, "store a blob"),
    };

    private async Task RemoveOwnAsync()
    {
        using var bound = new CancellationTokenSource(PartSender.AbandonWithin, store.Clock);
        try
        {
            if (await store.FindAsync(key, bound.Token) is { } found && found.Writer == mark) await store.DeleteAsync(key, bound.Token);
        }
        catch (Exception exception) when (exception is BlobException or OperationCanceledException or ObjectDisposedException)
        {
            log.LogLeftBehind(exception, key);
        }
    }
}
