using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;

namespace Fotograma.Blobs.S3;

/// <summary>A multipart upload: sends parts beside each other, as many at a time as is allowed, and so holds so many buffers and no more.</summary>
internal sealed class PartSender : IDisposable
{
    /// <summary>Time for the tidying up of something given up; what takes longer is left to the sweep.</summary>
    public static readonly TimeSpan AbandonWithin = TimeSpan.FromSeconds(15);

    private const int PartsMax = 10_000;
    private readonly S3Store store;
    private readonly string key;
    private readonly string uploadId;
    private readonly LiveUploads live;
    private readonly ILogger log;
    private readonly SemaphoreSlim free;
    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentBag<byte[]> spare = [];
    private readonly List<Task<PartETag>> sent = [];
    private volatile Exception? failure;

    private PartSender(S3Store store, string key, string uploadId, LiveUploads live, ILogger log)
    {
        (this.store, this.key, this.uploadId, this.live, this.log) = (store, key, uploadId, live, log);
        free = new SemaphoreSlim(store.Options.PartsAtOnceMax);
        live.Add(uploadId);
    }

    public static async Task<PartSender> BeginAsync(S3Store store, string key, string mark, LiveUploads live, ILogger log, CancellationToken cancellation)
    {
        var request = new InitiateMultipartUploadRequest { BucketName = store.Bucket, Key = store.ObjectKey(key), ContentType = "application/octet-stream" };
        request.Metadata[S3Store.WriterMark] = mark;
        store.Safeguards.Apply(request);
        var begun = await store.Calls.RunAsync("begin a blob", token => store.Client.InitiateMultipartUploadAsync(request, token), cancellation);
        return new PartSender(store, key, begun.UploadId, live, log);
    }

    /// <summary>Begins to send a part, as soon as there is room for one more; returns a buffer for the next.</summary>
    public async Task<byte[]> SendAsync(byte[] buffer, int filled, CancellationToken cancellation)
    {
        if (sent.Count == PartsMax) throw new BlobNoSpaceException($"The blob {key} is larger than {PartsMax} parts of {store.Options.PartBytes} bytes; raise S3:PartBytes.");
        await free.WaitAsync(cancellation);
        Rethrow();
        sent.Add(SendPartAsync(sent.Count + 1, buffer, filled));
        return spare.TryTake(out var next) ? next : new byte[store.Options.PartBytes];
    }

    /// <summary>Waits until every part has arrived.</summary>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        await ((Task)Task.WhenAll(sent)).WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        Rethrow();
    }

    /// <summary>Makes one blob of the parts. An upload that is not there any more was completed by an earlier try, or swept; the caller finds out.</summary>
    public async Task CompleteAsync(bool conditional, CancellationToken cancellation)
    {
        var tags = new List<PartETag>(sent.Count);
        foreach (var part in sent) tags.Add(await part);
        var request = new CompleteMultipartUploadRequest
        {
            BucketName = store.Bucket, Key = store.ObjectKey(key), UploadId = uploadId, PartETags = tags, IfNoneMatch = conditional ? "*" : null,
        };
        await store.Calls.RunAsync(
            "complete a blob", token => store.Client.CompleteMultipartUploadAsync(request, token), cancellation,
            exception => S3Failures.IsAbsent(exception) || S3Failures.IsConditionFailed(exception) || (conditional && S3Failures.IsNotImplemented(exception)));
    }

    /// <summary>Nothing is left to tidy up.</summary>
    public void Dispose()
    {
        live.Remove(uploadId);
        end.Dispose();
        free.Dispose();
    }

    /// <summary>Stops sending and removes the parts that arrived; what cannot be removed now is left to the sweep.</summary>
    public async Task AbandonAsync()
    {
        await end.CancelAsync();
        await ((Task)Task.WhenAll(sent)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var bound = new CancellationTokenSource(AbandonWithin, store.Clock);
        try
        {
            await store.AbortAsync(key, uploadId, bound.Token);
        }
        catch (Exception exception) when (exception is BlobException or OperationCanceledException or ObjectDisposedException)
        {
            log.LogLeftBehind(exception, key);
        }
        finally
        {
            Dispose();
        }
    }

    private async Task<PartETag> SendPartAsync(int number, byte[] buffer, int filled)
    {
        try
        {
            return await store.Calls.RunAsync("store a part of a blob", token => SendOnceAsync(number, buffer, filled, token), end.Token);
        }
        catch (Exception exception)
        {
            failure ??= exception;
            throw;
        }
        finally
        {
            if (buffer.Length == store.Options.PartBytes) spare.Add(buffer);
            free.Release();
        }
    }

    private async Task<PartETag> SendOnceAsync(int number, byte[] buffer, int filled, CancellationToken cancellation)
    {
        using var body = new MemoryStream(buffer, 0, filled, writable: false);
        var request = new UploadPartRequest
        {
            BucketName = store.Bucket, Key = store.ObjectKey(key), UploadId = uploadId, PartNumber = number, PartSize = filled, InputStream = body, UseChunkEncoding = false,
        };
        store.Safeguards.Apply(request, buffer.AsSpan(0, filled));
        var answer = await store.Client.UploadPartAsync(request, cancellation);
        return new PartETag(number, answer.ETag) { ChecksumSHA256 = request.ChecksumSHA256 };
    }

    private void Rethrow()
    {
        if (failure is { } exception) ExceptionDispatchInfo.Throw(exception);
    }
}
