using Fotograma.Faults.Deployments;

namespace Fotograma.Faults.Trials;

/// <summary>Something that goes wrong, and how to make it go wrong.</summary>
/// <param name="Id">Its number in the list of faults, F1 to F55.</param>
/// <param name="Title">What happens.</param>
/// <param name="HappenAsync">Makes it happen once, in the middle of a load, and leaves everything as it should run afterwards.</param>
internal sealed record Mishap(string Id, string Title, Func<Trial, Task> HappenAsync)
{
    /// <summary>What shows that it happened. A fault that did nothing proves nothing.</summary>
    public IReadOnlyList<Proof> Happened { get; init; } = [];

    /// <summary>How often a job may be begun: what the program allows unless told, more where the fault itself kills one job more than twice.</summary>
    public int AttemptsMax { get; init; } = 3;

    /// <summary>What carries events.</summary>
    public CarrierKind Carrier { get; init; } = CarrierKind.RabbitMq;

    /// <summary>Whether signals go through a Redis server.</summary>
    public bool Redis { get; init; }

    /// <summary>Settings of all processes that the fault needs.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Codes of failures that are the right end for a job hit by this fault.</summary>
    public IReadOnlyCollection<string> MayFail { get; init; } = [];

    /// <summary>No job may need more than its first attempt.</summary>
    public bool CostsNoAttempt { get; init; }

    /// <summary>Where jobs and notifications are kept.</summary>
    public LedgerKind Ledger { get; init; }

    /// <summary>The version that the deployment starts with.</summary>
    public Edition Edition { get; init; }

    /// <summary>Where blobs lie.</summary>
    public DiskKind Disk { get; init; } = DiskKind.Folder;
}

/// <summary>Where a deployment keeps its jobs and notifications.</summary>
internal enum LedgerKind
{
    /// <summary>PostgreSQL.</summary>
    Database,

    /// <summary>DynamoDB; accounts stay in PostgreSQL.</summary>
    DynamoDb,

    /// <summary>SQLite files in a folder that all processes share.</summary>
    Sqlite,
}

/// <summary>A version of the program.</summary>
internal enum Edition
{
    /// <summary>The one at hand.</summary>
    Current,

    /// <summary>The one before, with the schema before.</summary>
    Before,
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
