namespace Fotograma.Jobs.Ledger;

/// <summary>
/// The states of a job. <c>pending -> processing -> completed | failed</c>; <c>pending | processing -> cancelled</c>; <c>processing -> pending</c> when a
/// lease runs out, a worker shuts down or an attempt may be repeated. Final states are never left.
/// </summary>
public static class JobState
{
    /// <summary>Waits for a worker.</summary>
    public const string Pending = "pending";

    /// <summary>A worker holds its lease.</summary>
    public const string Processing = "processing";

    /// <summary>Final: there is a result.</summary>
    public const string Completed = "completed";

    /// <summary>Final: there is a reason.</summary>
    public const string Failed = "failed";

    /// <summary>Final: the owner did not want it any more.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Whether a state is never left.</summary>
    public static bool IsFinal(string state) => state is Completed or Failed or Cancelled;
}
