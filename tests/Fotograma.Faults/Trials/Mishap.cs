namespace Fotograma.Faults.Trials;

/// <summary>Something that goes wrong, and how to make it go wrong.</summary>
/// <param name="Id">Its number in the list of faults, F1 to F55.</param>
/// <param name="Title">What happens.</param>
/// <param name="HappenAsync">Makes it happen once, in the middle of a load, and leaves everything as it should run afterwards.</param>
internal sealed record Mishap(string Id, string Title, Func<Trial, Task> HappenAsync)
{
    /// <summary>Settings of all processes that the fault needs.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Codes of failures that are the right end for a job hit by this fault.</summary>
    public IReadOnlyCollection<string> MayFail { get; init; } = [];

    /// <summary>The fault is only exercised when at least one late result was turned away.</summary>
    public bool MustFence { get; init; }

    /// <summary>No job may need more than its first attempt.</summary>
    public bool CostsNoAttempt { get; init; }

    /// <summary>Added to the connection string of every process.</summary>
    public string DatabaseExtras { get; init; } = "";

    /// <summary>Where blobs lie.</summary>
    public DiskKind Disk { get; init; } = DiskKind.Folder;

    /// <summary>Whether mails go to a mail server that has moods, instead of the development folder.</summary>
    public bool MailsToServer { get; init; }
}

/// <summary>Where a deployment keeps its blobs.</summary>
internal enum DiskKind
{
    /// <summary>A folder that all processes share.</summary>
    Folder,

    /// <summary>A folder in memory with room for little.</summary>
    SmallMemoryDisk,

    /// <summary>An S3 store.</summary>
    ObjectStore,
}
