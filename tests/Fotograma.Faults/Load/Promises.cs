using System.Collections.Concurrent;

namespace Fotograma.Faults.Load;

/// <summary>What came with an upload.</summary>
/// <param name="Owner">The mail address of who uploaded it.</param>
/// <param name="Extras">What is to be made beside the images.</param>
internal sealed record Asked(string Owner, IReadOnlyCollection<string> Extras);

/// <summary>What people asked for and what they were answered.</summary>
internal sealed class Promises
{
    private readonly ConcurrentDictionary<Guid, Guid> accepted = new();
    private readonly ConcurrentDictionary<Guid, Asked> asked = new();
    private readonly ConcurrentDictionary<Guid, bool> deleted = new();
    private readonly ConcurrentDictionary<Guid, bool> cancelled = new();
    private readonly ConcurrentDictionary<int, int> refusals = new();
    private int attempted;
    private int unanswered;

    /// <summary>Uploads begun.</summary>
    public int Attempted => Volatile.Read(ref attempted);

    /// <summary>Uploads without an answer: they may or may not have been accepted.</summary>
    public int Unanswered => Volatile.Read(ref unanswered);

    /// <summary>Jobs that were promised (HTTP 201), each with its video.</summary>
    public IReadOnlyDictionary<Guid, Guid> Accepted => accepted;

    /// <summary>What each of them was promised to be.</summary>
    public IReadOnlyDictionary<Guid, Asked> Asked => asked;

    /// <summary>Videos that somebody asked to be deleted, whatever the answer was.</summary>
    public ICollection<Guid> Deleted => deleted.Keys;

    /// <summary>Jobs that somebody asked to be cancelled, each with whether that was promised (HTTP 200).</summary>
    public IReadOnlyDictionary<Guid, bool> Cancelled => cancelled;

    /// <summary>Uploads answered with this status.</summary>
    public int RefusedWith(int status) => refusals.GetValueOrDefault(status);

    public void Attempt() => Interlocked.Increment(ref attempted);

    public void Accept(Guid job, Guid video, Asked what) => (accepted[job], asked[job]) = (video, what);

    public void Refuse(int status) => refusals.AddOrUpdate(status, 1, (_, count) => count + 1);

    public void GiveUp() => Interlocked.Increment(ref unanswered);

    public void Cancel(Guid job, bool isPromised) => cancelled.AddOrUpdate(job, isPromised, (_, before) => before || isPromised);

    public void Delete(Guid video) => deleted[video] = true;
}
