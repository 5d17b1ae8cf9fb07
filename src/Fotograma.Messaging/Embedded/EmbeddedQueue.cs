using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Messaging.Embedded;

/// <summary>One row under claim. There is no delivery where the body is not an event, and then the fault says why.</summary>
internal sealed record Claim(long Sequence, Guid Token, byte[] Body, Delivery? Delivery, string? Fault)
{
    public static Claim Of(long sequence, Guid token, byte[] body, int deliveries, long firstAt)
    {
        var happened = CloudEvent.TryFromJson(body, out var fault);
        var delivery = happened is null ? null : new Delivery(happened, deliveries) { FirstAt = DateTimeOffset.FromUnixTimeMilliseconds(firstAt) };
        return new Claim(sequence, token, body, delivery, fault);
    }
}

/// <summary>The queues of the embedded transport in a database: what each database says in its own words.</summary>
internal abstract class EmbeddedQueue(IDbContextFactory<BusDb> databases) : IDisposable
{
    /// <summary>Whether other processes can be heard when they publish.</summary>
    public virtual bool Listens => false;

    protected IDbContextFactory<BusDb> Databases { get; } = databases;

    public abstract Task SubscribeAsync(Subscription subscription, CancellationToken cancellation);

    /// <returns>The groups that have something new.</returns>
    public abstract Task<HashSet<string>> PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation);

    /// <summary>Tells other processes that these groups have something new. Whoever does not hear it looks a little later.</summary>
    public virtual Task TellAsync(IReadOnlyCollection<string> groups, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Forgets what is <paramref name="done"/> and claims what is due.</summary>
    /// <returns>
    /// The claims, oldest first, and, when there are fewer than <paramref name="limit"/>, how long until a hidden event of the group shows up; null when none is hidden.
    /// </returns>
    public abstract Task<(IReadOnlyList<Claim> Claims, TimeSpan? UntilNext)> ClaimAsync(
        string group, int limit, Guid token, TimeSpan hiddenFor, IReadOnlyList<Claim> done, CancellationToken cancellation);

    /// <returns>False when the claim ran out and is another member's by now.</returns>
    public abstract Task<bool> HideAsync(Claim claim, TimeSpan hiddenFor, CancellationToken cancellation);

    /// <summary>Puts the event back. A claim that ran out changes nothing, here and below.</summary>
    public abstract Task ReleaseAsync(Claim claim, TimeSpan delay, CancellationToken cancellation);

    public abstract Task RemoveAsync(IReadOnlyList<Claim> done, CancellationToken cancellation);

    public abstract Task BuryAsync(Claim claim, string group, string reason, CancellationToken cancellation);

    /// <summary>
    /// Calls <paramref name="heard"/> with each group that another process published to, and with null when anything may have happened unheard, until the connection is lost
    /// (then it throws) or <paramref name="cancellation"/>.
    /// </summary>
    public virtual Task ListenAsync(Action<string?> heard, CancellationToken cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, cancellation);

    public async Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(string group, int limit, CancellationToken cancellation)
    {
        await using var db = await Databases.CreateDbContextAsync(cancellation);
        var rows = await db.DeadLetters.AsNoTracking().Where(row => row.GroupName == group).OrderBy(row => row.Sequence).Take(limit).ToListAsync(cancellation);
        return [.. rows.Select(row => new DeadLetter(CloudEvent.TryFromJson(row.Body, out _), row.Body, row.Reason, row.At))];
    }

    /// <summary>The group's dead letters behind a place up to another, oldest first.</summary>
    public async Task<IReadOnlyList<BuriedEvent>> ReadDeadLettersAsync(string group, long behind, long upTo, int limit, CancellationToken cancellation)
    {
        await using var db = await Databases.CreateDbContextAsync(cancellation);
        return await db.DeadLetters.AsNoTracking().Where(row => row.GroupName == group && row.Sequence > behind && row.Sequence <= upTo)
            .OrderBy(row => row.Sequence).Take(limit).ToListAsync(cancellation);
    }

    /// <summary>The place of the group's newest dead letter.</summary>
    public async Task<long> LastDeadLetterAsync(string group, CancellationToken cancellation)
    {
        await using var db = await Databases.CreateDbContextAsync(cancellation);
        return await db.DeadLetters.Where(row => row.GroupName == group).MaxAsync(row => (long?)row.Sequence, cancellation) ?? 0;
    }

    /// <summary>Puts dead letters of the group into its queue, unless somebody else just did. A letter goes in the same write in which its event comes.</summary>
    /// <returns>How many went.</returns>
    public abstract Task<int> RedriveAsync(string group, IReadOnlyList<(BuriedEvent Letter, CloudEvent Event)> letters, CancellationToken cancellation);

    public async Task PingAsync(CancellationToken cancellation)
    {
        await using var db = await Databases.CreateDbContextAsync(cancellation);
        await db.Queue.AnyAsync(cancellation);
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
