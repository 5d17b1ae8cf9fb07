using Fotograma.Data.DynamoDb;

namespace Fotograma.Jobs.DynamoDb;

/// <summary>The ledger's tables in DynamoDB, and the names of the attributes that carry its order.</summary>
internal static class LedgerTables
{
    public const string Videos = "videos";
    public const string Jobs = "jobs";
    public const string Turns = "turns";
    public const string Trash = "trash";
    public const string Outbox = "outbox";

    /// <summary>Videos by owner and id.</summary>
    public const string VideosOfUser = "user_id-index";

    /// <summary>Waiting jobs: those that are due in the order of their turns, those that wait for another attempt in the order in which they come due.</summary>
    public const string Queue = "queue-index";

    /// <summary>Jobs that a worker holds.</summary>
    public const string HeldJobs = "held-index";

    /// <summary>Jobs that have not ended, by owner and id.</summary>
    public const string ActiveOfUser = "active_user_id-index";

    /// <summary>Values of <c>queue</c>.</summary>
    public const string Due = "due";

    /// <summary>See <see cref="Due"/>.</summary>
    public const string Later = "later";

    /// <summary>The value of <c>held</c>: all held jobs are one partition of the index, and there are no more of them than workers have slots.</summary>
    public const string Held = "yes";

    /// <summary>The one partition of the trash.</summary>
    public const string TrashPartition = "trash";

    /// <summary>The item of the turns table that says whose turn it is now.</summary>
    public const string PresentTurn = "(present)";

    /// <summary>The item of the turns table that says which ledger this is.</summary>
    public const string Installation = "(installation)";

    public static IReadOnlyList<TableDesign> All { get; } =
    [
        new(Videos, new KeyDesign("id"), new IndexDesign(VideosOfUser, new KeyDesign("user_id", "id"))),
        new(Jobs, new KeyDesign("id"),
            new IndexDesign(Queue, new KeyDesign("queue", "queue_order"), ["epoch", "user_id", "turn", "next_run_at"]),
            new IndexDesign(HeldJobs, new KeyDesign("held", "id"), ["epoch", "renewals", "lease_owner"]),
            new IndexDesign(ActiveOfUser, new KeyDesign("active_user_id", "id"), [])),
        new(Turns, new KeyDesign("user_id")),
        new(Trash, new KeyDesign("partition", "order")),
        new(Outbox, new KeyDesign("module", "order")),
    ];
}
