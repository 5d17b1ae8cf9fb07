using System.Data.Common;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Messaging.Embedded;

/// <summary>One row under claim. There is no delivery where the body is not an event, and then the fault says why.</summary>
internal sealed record Claim(long Sequence, Guid Token, byte[] Body, Delivery? Delivery, string? Fault)
{
    public static Claim Of(long sequence, Guid token, byte[] body, int deliveries)
    {
        var happened = CloudEvent.TryFromJson(body, out var fault);
        return new Claim(sequence, token, body, happened is null ? null : new Delivery(happened, deliveries), fault);
    }
}

/// <summary>
/// The statements of the embedded transport. Publishing waits for the disk, because the publisher forgets the event afterwards; claims and settlements do not, because
/// losing one in a power cut only delivers an event again.
/// </summary>
internal sealed class EmbeddedQueue(IDbContextFactory<BusDb> databases, TimeProvider clock) : IDisposable
{
    private const string Insert = """
        INSERT INTO queue (GroupName, EventId, Subject, Body, VisibleAt, Deliveries)
        SELECT GroupName, @id, @subject, @body, @now, 0 FROM subscriptions WHERE Type = @type
        ON CONFLICT DO NOTHING RETURNING GroupName
        """;

    // An event waits while an earlier one of its subject is waiting for the first time or being handled, so that subjects keep their order; one that waits to be
    // retried holds nobody up.
    private const string ClaimDue = """
        UPDATE queue SET VisibleAt = @until, Deliveries = Deliveries + 1, Token = @token
        WHERE Sequence IN (
            SELECT due.Sequence FROM queue due
            WHERE due.GroupName = @group AND due.VisibleAt <= @now AND NOT EXISTS (
                SELECT 1 FROM queue earlier
                WHERE earlier.GroupName = due.GroupName AND earlier.Subject = due.Subject AND earlier.Sequence < due.Sequence
                  AND (earlier.Token IS NOT NULL OR earlier.Deliveries = 0))
            ORDER BY due.Sequence LIMIT @limit)
        RETURNING Sequence, Body, Deliveries
        """;

    // Writers of one process queue here, where the next one is woken at once, instead of in SQLite, where they would sleep and look again.
    private readonly SemaphoreSlim writing = new(1, 1);

    public Task SubscribeAsync(Subscription subscription, CancellationToken cancellation) => WriteAsync(durable: true, connection =>
    {
        var types = subscription.Types.ToList();
        using (var forget = Command(connection, "DELETE FROM subscriptions WHERE GroupName = @group", ("group", subscription.Group)))
            forget.ExecuteNonQuery();
        foreach (var type in types)
        {
            using var add = Command(connection, "INSERT OR IGNORE INTO subscriptions (Type, GroupName) VALUES (@type, @group)",
                ("type", type), ("group", subscription.Group));
            add.ExecuteNonQuery();
        }
        return types.Count;
    }, cancellation);

    /// <returns>The groups that have something new.</returns>
    public Task<HashSet<string>> PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation) => WriteAsync(durable: true, connection =>
    {
        var groups = new HashSet<string>(StringComparer.Ordinal);
        foreach (var happened in events)
        {
            cancellation.ThrowIfCancellationRequested();
            using var insert = Command(connection, Insert, ("id", happened.Id), ("subject", happened.Subject), ("body", happened.ToJson()),
                ("type", happened.Type), ("now", Now()));
            using var reader = insert.ExecuteReader();
            while (reader.Read()) groups.Add(reader.GetString(0));
        }
        return groups;
    }, cancellation);

    public Task<List<Claim>> ClaimAsync(string group, int limit, Guid token, TimeSpan hiddenFor, CancellationToken cancellation) =>
        WriteAsync(durable: false, connection =>
        {
            using var claim = Command(connection, ClaimDue, ("group", group), ("limit", limit), ("token", token), ("now", Now()),
                ("until", Now() + (long)hiddenFor.TotalMilliseconds));
            var claims = new List<Claim>();
            using var reader = claim.ExecuteReader();
            while (reader.Read())
                claims.Add(Claim.Of(reader.GetInt64(0), token, reader.GetFieldValue<byte[]>(1), reader.GetInt32(2)));
            claims.Sort((one, other) => one.Sequence.CompareTo(other.Sequence));
            return claims;
        }, cancellation);

    /// <summary>How long until a hidden event of the group shows up; null when none is hidden.</summary>
    public async Task<TimeSpan?> UntilNextAsync(string group, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = clock.GetUtcNow();
        var next = await db.Queue.Where(queued => queued.GroupName == group && queued.VisibleAt > now).MinAsync(queued => (DateTimeOffset?)queued.VisibleAt, cancellation);
        return next - now;
    }

    /// <returns>False when the claim ran out and is another member's by now.</returns>
    public Task<bool> HideAsync(Claim claim, TimeSpan hiddenFor, CancellationToken cancellation) => WriteAsync(durable: false, connection =>
    {
        using var hide = Command(connection, "UPDATE queue SET VisibleAt = @until WHERE Sequence = @sequence AND Token = @token",
            ("sequence", claim.Sequence), ("token", claim.Token), ("until", Now() + (long)hiddenFor.TotalMilliseconds));
        return hide.ExecuteNonQuery() == 1;
    }, cancellation);

    /// <summary>Puts the event back. A claim that ran out changes nothing, here and below.</summary>
    public Task ReleaseAsync(Claim claim, TimeSpan delay, CancellationToken cancellation) => WriteAsync(durable: false, connection =>
    {
        using var release = Command(connection, "UPDATE queue SET VisibleAt = @due, Token = NULL WHERE Sequence = @sequence AND Token = @token",
            ("sequence", claim.Sequence), ("token", claim.Token), ("due", Now() + (long)Math.Ceiling(delay.TotalMilliseconds)));
        return release.ExecuteNonQuery();
    }, cancellation);

    public Task RemoveAsync(Claim claim, CancellationToken cancellation) => WriteAsync(durable: false, connection => Remove(connection, claim), cancellation);

    public Task BuryAsync(Claim claim, string group, string reason, CancellationToken cancellation) => WriteAsync(durable: true, connection =>
    {
        if (!Remove(connection, claim)) return false;
        using var bury = Command(connection, "INSERT INTO dead_letters (GroupName, Body, Reason, At) VALUES (@group, @body, @reason, @now)",
            ("group", group), ("body", claim.Body), ("reason", reason), ("now", Now()));
        bury.ExecuteNonQuery();
        return true;
    }, cancellation);

    public async Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(string group, int limit, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.DeadLetters.AsNoTracking().Where(row => row.GroupName == group).OrderBy(row => row.Sequence).Take(limit).ToListAsync(cancellation);
        return [.. rows.Select(row => new DeadLetter(CloudEvent.TryFromJson(row.Body, out _), row.Body, row.Reason, row.At))];
    }

    public async Task PingAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db.Queue.AnyAsync(cancellation);
    }

    public void Dispose() => writing.Dispose();

    private static bool Remove(DbConnection connection, Claim claim)
    {
        using var remove = Command(connection, "DELETE FROM queue WHERE Sequence = @sequence AND Token = @token", ("sequence", claim.Sequence), ("token", claim.Token));
        return remove.ExecuteNonQuery() == 1;
    }

    private async Task<T> WriteAsync<T>(bool durable, Func<DbConnection, T> write, CancellationToken cancellation)
    {
        await writing.WaitAsync(cancellation);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            await db.Database.OpenConnectionAsync(cancellation);
            var connection = db.Database.GetDbConnection();
            if (!durable)
            {
                using var relax = Command(connection, "PRAGMA synchronous=NORMAL");
                relax.ExecuteNonQuery();
            }
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            var result = write(connection);
            await transaction.CommitAsync(CancellationToken.None);
            return result;
        }
        finally
        {
            writing.Release();
        }
    }

    private static DbCommand Command(DbConnection connection, string text, params ReadOnlySpan<(string Name, object Value)> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in values) command.Parameters.Add(new SqliteParameter("@" + name, value));
        return command;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
