using System.Globalization;

namespace Fotograma.Faults.Checking;

/// <summary>What the checker found after everything had come to rest.</summary>
internal sealed record Verdict
{
    /// <summary>Uploads begun.</summary>
    public int Attempted { get; init; }

    /// <summary>Uploads that were promised.</summary>
    public int Accepted { get; init; }

    /// <summary>Jobs that ended with a result.</summary>
    public int Completed { get; init; }

    /// <summary>Jobs that ended without one.</summary>
    public int Failed { get; init; }

    /// <summary>Jobs that ended after more than one claim.</summary>
    public int Recovered { get; init; }

    /// <summary>Promised jobs that do not exist or have not ended.</summary>
    public int Lost { get; init; }

    /// <summary>Jobs that reached a final state twice, or left one.</summary>
    public int Duplicated { get; init; }

    /// <summary>Notifications beyond the first for one job, event and channel.</summary>
    public int DuplicateNotices { get; init; }

    /// <summary>Ended jobs that nobody was told of.</summary>
    public int MissingNotices { get; init; }

    /// <summary>Results that are missing, damaged or incomplete.</summary>
    public int BadResults { get; init; }

    /// <summary>Blobs that nothing refers to.</summary>
    public int Orphans { get; init; }

    /// <summary>Decoders that live though their worker is gone, or that work for nothing.</summary>
    public int Strays { get; init; }

    /// <summary>Late results that the fence turned away.</summary>
    public int Fenced { get; init; }

    /// <summary>What went wrong, in sentences.</summary>
    public IReadOnlyList<string> Complaints { get; init; } = [];

    public bool Holds => Complaints.Count == 0 && Lost + Duplicated + DuplicateNotices + MissingNotices + BadResults + Orphans + Strays == 0;

    public static Verdict operator +(Verdict one, Verdict other) => new()
    {
        Attempted = one.Attempted + other.Attempted,
        Accepted = one.Accepted + other.Accepted,
        Completed = one.Completed + other.Completed,
        Failed = one.Failed + other.Failed,
        Recovered = one.Recovered + other.Recovered,
        Lost = one.Lost + other.Lost,
        Duplicated = one.Duplicated + other.Duplicated,
        DuplicateNotices = one.DuplicateNotices + other.DuplicateNotices,
        MissingNotices = one.MissingNotices + other.MissingNotices,
        BadResults = one.BadResults + other.BadResults,
        Orphans = one.Orphans + other.Orphans,
        Strays = one.Strays + other.Strays,
        Fenced = one.Fenced + other.Fenced,
        Complaints = [.. one.Complaints, .. other.Complaints],
    };

    public static Verdict Add(Verdict left, Verdict right) => left + right;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"attempted {Attempted}, accepted {Accepted}, completed {Completed}, failed {Failed}, lost {Lost}, duplicated {Duplicated}, recovered {Recovered}, duplicate notices {DuplicateNotices}, missing notices {MissingNotices}, bad results {BadResults}, orphaned blobs {Orphans}, stray decoders {Strays}, fenced {Fenced}");
}
