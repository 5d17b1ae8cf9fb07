using Fotograma.Blobs.Drivers;

namespace Fotograma.Suites.Blobs;

/// <summary>The store behind a driver, as the suite needs it: empty for every test.</summary>
public abstract class BlobPeer : IAsyncDisposable
{
    /// <summary>Opens the store as one more process would. The peer owns the driver.</summary>
    public abstract IBlobDriver Open();

    /// <summary>Ends a driver the way a killed process does, and everything it has open with it.</summary>
    public abstract void Kill(IBlobDriver driver);

    /// <summary>How much the store holds, committed or not, in whatever it counts (files, objects, parts of uploads).</summary>
    public abstract int CountEverything();

    /// <summary>Closes what is open and removes the store.</summary>
    public abstract ValueTask DisposeAsync();
}
