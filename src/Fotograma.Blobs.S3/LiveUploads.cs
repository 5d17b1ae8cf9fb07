using System.Collections.Concurrent;

namespace Fotograma.Blobs.S3;

/// <summary>The multipart uploads of this process, which its sweep leaves alone whatever their age, and the tidying up that nobody waits for.</summary>
internal sealed class LiveUploads
{
    private readonly ConcurrentDictionary<string, bool> uploads = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, bool> left = new();

    public void Add(string uploadId) => uploads[uploadId] = true;

    public void Remove(string uploadId) => uploads.TryRemove(uploadId, out _);

    public bool Contains(string uploadId) => uploads.ContainsKey(uploadId);

    /// <summary>Lets a task end by itself.</summary>
    public void Leave(Task task)
    {
        left[task] = true;
        task.ContinueWith(done => left.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Waits for what was left to itself.</summary>
    public Task LeftAsync() => Task.WhenAll(left.Keys);
}
