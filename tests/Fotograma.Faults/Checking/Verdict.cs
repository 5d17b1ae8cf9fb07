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

    /// <summary>Jobs that reached a final state twice, left one, or were written in one.</summary>
    public int Duplicated { get; init; }

    /// <summary>Jobs whose events are not exactly the one that belongs to their end.</summary>
    public int WrongEvents { get; init; }

    /// <summary>Notifications and mails beyond the first for one job and kind.</summary>
    public int DuplicateNotices { get; init; }

    /// <summary>Notifications and mails of something that did not happen.</summary>
    public int WrongNotices { get; init; }

    /// <summary>Ended jobs that nobody was told of.</summary>
    public int MissingNotices { get; init; }

    /// <summary>The very same mail once more, where its sender could not know that it had been taken. No fault.</summary>
    public int RepeatedMails { get; init; }

    /// <summary>Results that are missing, damaged or incomplete.</summary>
    public int BadResults { get; init; }

    /// <summary>Uploads that are missing or damaged.</summary>
    public int BadSources { get; init; }

    /// <summary>Blobs that nothing refers to.</summary>
    public int Orphans { get; init; }

    /// <summary>Blobs that the dead began and no sweep has given up.</summary>
    public int Unfinished { get; init; }

    /// <summary>Decoders that live though their worker is gone, or that work for nothing.</summary>
    public int Strays { get; init; }

    /// <summary>Late results that the fence turned away.</summary>
    public int Fenced { get; init; }

    /// <summary>What went wrong, in sentences.</summary>
    public IReadOnlyList<string> Complaints { get; init; } = [];

    /// <summary>What shows that the fault really happened, with how often.</summary>
    public IReadOnlyDictionary<string, long> Proofs { get; init; } = new Dictionary<string, long>();

    public bool Holds =>
        Complaints.Count == 0 && Lost + Duplicated + WrongEvents + DuplicateNotices + WrongNotices + MissingNotices + BadResults + BadSources + Orphans + Unfinished + Strays == 0;

    public static Verdict operator +(Verdict one, Verdict other) => new()
    {
        Attempted = one.Attempted + other.Attempted,
        Accepted = one.Accepted + other.Accepted,
        Completed = one.Completed + other.Completed,
        Failed = one.Failed + other.Failed,
        Recovered = one.Recovered + other.Recovered,
        Lost = one.Lost + other.Lost,
        Duplicated = one.Duplicated + other.Duplicated,
        WrongEvents = one.WrongEvents + other.WrongEvents,
        DuplicateNotices = one.DuplicateNotices + other.DuplicateNotices,
        WrongNotices = one.WrongNotices + other.WrongNotices,
        RepeatedMails = one.RepeatedMails + other.RepeatedMails,
        MissingNotices = one.MissingNotices + other.MissingNotices,
        BadResults = one.BadResults + other.BadResults,
        BadSources = one.BadSources + other.BadSources,
        Unfinished = one.Unfinished + other.Unfinished,
        Orphans = one.Orphans + other.Orphans,
        Strays = one.Strays + other.Strays,
        Fenced = one.Fenced + other.Fenced,
        Complaints = [.. one.Complaints, .. other.Complaints],
    };

    public static Verdict Add(Verdict left, Verdict right) => left + right;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"attempted {Attempted}, accepted {Accepted}, completed {Completed}, failed {Failed}, lost {Lost}, duplicated {Duplicated}, recovered {Recovered}, wrong events {WrongEvents}, ")
        + string.Create(CultureInfo.InvariantCulture,
        $"duplicate notices {DuplicateNotices}, wrong notices {WrongNotices}, missing notices {MissingNotices}, repeated mails {RepeatedMails}, bad results {BadResults}, ")
        + string.Create(CultureInfo.InvariantCulture,
        $"bad sources {BadSources}, orphaned blobs {Orphans}, unfinished blobs {Unfinished}, stray decoders {Strays}, fenced {Fenced}");
}
