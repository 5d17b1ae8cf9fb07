namespace Fotograma.Faults.Checking;

/// <summary>Where a deployment keeps uploads and results, looked at behind the program's back.</summary>
internal abstract class StoredBlobs
{
    /// <summary>Keys of all blobs; what writers have not finished does not count.</summary>
    public abstract Task<IReadOnlyList<string>> KeysAsync(CancellationToken cancellation);

    /// <summary>What somebody began to write and neither finished nor gave up.</summary>
    public abstract Task<IReadOnlyList<string>> UnfinishedAsync(CancellationToken cancellation);

    public abstract Task RemoveAsync(string key, CancellationToken cancellation);

    /// <summary>Changes one byte in the middle of a blob, as a bad disk would.</summary>
    public abstract Task SpoilAsync(string key, CancellationToken cancellation);

    /// <summary>Opens a blob, so that one can go to any place in it; null when there is none.</summary>
    public abstract Task<Stream?> OpenAsync(string key, CancellationToken cancellation);

    /// <summary>The upload of the newest video.</summary>
    public async Task<string> NewestUploadAsync(CancellationToken cancellation) =>
        (await KeysAsync(cancellation)).Where(key => key.EndsWith("/source", StringComparison.Ordinal)).MaxBy(key => key, StringComparer.Ordinal)!;

    /// <summary>The other byte that a spoilt one becomes.</summary>
    protected static byte Spoilt(int value) => (byte)(value ^ 0x55);
}
