using Fotograma.Blobs.Drivers;

namespace Fotograma.Suites.Blobs;

/// <summary>The store behind a driver, as the suite needs it: empty for every test.</summary>
public abstract class BlobPeer : IAsyncDisposable
{
    /// <summary>How much of an unfinished blob must be written so that some of it surely lies in the store, in bytes.</summary>
    public virtual int BytesUntilStored => 1;

    /// <summary>Opens the store as one more process would. The peer owns the driver.</summary>
    public abstract IBlobDriver Open();

    /// <summary>Ends a driver the way a killed process does, and everything it has open with it.</summary>
    public abstract void Kill(IBlobDriver driver);

    /// <summary>Returns when everybody can tell that those who were killed are dead.</summary>
    public virtual Task UntilDeathShowsAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>How much the store holds, committed or not, in whatever it counts (files, objects, parts of uploads).</summary>
    public abstract Task<int> CountEverythingAsync(CancellationToken cancellation);

    /// <summary>Changes one byte of a blob behind the driver's back.</summary>
    public abstract Task SpoilAsync(string key, CancellationToken cancellation);

    /// <summary>Closes what is open and removes the store.</summary>
    public abstract ValueTask DisposeAsync();
}
