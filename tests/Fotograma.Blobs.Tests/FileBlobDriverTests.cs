using Fotograma.Suites.Blobs;

namespace Fotograma.Blobs.Tests;

public sealed class FileBlobDriverTests : BlobSuite
{
    // The lock file of the writers' session.
    protected override int LeftByAnIdleDriver => 1;

    protected override Task<BlobPeer> StartPeerAsync(CancellationToken cancellation) => Task.FromResult<BlobPeer>(new FolderPeer());
}
