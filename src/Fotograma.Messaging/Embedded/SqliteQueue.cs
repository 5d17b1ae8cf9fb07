using System.Data.Common;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Messaging.Embedded;

/// <summary>
/// The queue in an SQLite file, on the clock of the process. Publishing waits for the disk, because the publisher forgets the event afterwards; claims and settlements do not, because
/// losing one in a power cut only delivers an event again.
/// </summary>
internal sealed class SqliteQueue(IDbContextFactory<BusDb> databases, TimeProvider clock) : EmbeddedQueue(databases)
{
    private const string Insert = """
        INSERT INTO queue (GroupName, EventId, Subject, Body, VisibleAt, Deliveries)
        SELECT GroupName, @id, @subject, @body, @now, 0 FROM subscriptions WHERE Type = @type
        ON CONFLICT DO NOTHING RETURNING GroupName
        """;

    // An event waits while an earlier one of its subject is waiting for the first time or being handled, so that subjects keep their order; one that waits to be
    // retried holds nobody up.
    private const string ClaimDue = """
        UPDATE queue SET VisibleAt = @until, Deliveries = Deliveries + 1, Token = @token, FirstAt = COALESCE(FirstAt, @now)
        WHERE Sequence IN (
            SELECT due.Sequence FROM queue due
            WHERE due.GroupName = @group AND due.VisibleAt <= @now AND NOT EXISTS (
                SELECT 1 FROM queue earlier
                WHERE earlier.GroupName = due.GroupName AND earlier.Subject = due.Subject AND earlier.Sequence < due.Sequence
                  AND (earlier.Token IS NOT NULL OR earlier.Deliveries = 0))
            ORDER BY due.Sequence LIMIT @limit)
        RETURNING Sequence, Body, Deliveries, FirstAt
        """;

    // Writers of one process queue here, where the next one is woken at once, instead of in SQLite, where they would sleep and look again.
    private readonly SemaphoreSlim writing = new(1, 1);

    // Types are only added: while versions run side by side, the older one must not take from the newer one what it does not know.
    public override Task SubscribeAsync(Subscription subscription, CancellationToken cancellation) => WriteAsync(durable: true, connection =>
    {
        foreach (var type in subscription.Types)
        {
            using var add = Command(connection, "INSERT OR IGNORE INTO subscriptions (Type, GroupName) VALUES (@type, @group)",
                ("type", type), ("group", subscription.Group));
            add.ExecuteNonQuery();
        }
        return subscription.Types.Count;
    }, cancellation);

    public override Task<HashSet<string>> PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation) => WriteAsync(durable: true, connection =>
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

    public override async Task<(IReadOnlyList<Claim> Claims, TimeSpan? UntilNext)> ClaimAsync(
        string group, int limit, Guid token, TimeSpan hiddenFor, IReadOnlyList<Claim> done, CancellationToken cancellation)
    {
        var claims = await WriteAsync(durable: false, connection =>
        {
            foreach (var one in done) Remove(connection, one);
            using var claim = Command(connection, ClaimDue, ("group", group), ("limit", limit), ("token", token), ("now", Now()),
                ("until", Now() + (long)hiddenFor.TotalMilliseconds));
            var claims = new List<Claim>();
            using var reader = claim.ExecuteReader();
            while (reader.Read())
                claims.Add(Claim.Of(reader.GetInt64(0), token, reader.GetFieldValue<byte[]>(1), reader.GetInt32(2), reader.GetInt64(3)));
            claims.Sort((one, other) => one.Sequence.CompareTo(other.Sequence));
            return claims;
        }, cancellation);
        return (claims, claims.Count < limit ? await UntilNextAsync(group, cancellation) : null);
    }

    private async Task<TimeSpan?> UntilNextAsync(string group, CancellationToken cancellation)
    {
        await using var db = await Databases.CreateDbContextAsync(cancellation);
        var now = clock.GetUtcNow();
        var next = await db.Queue.Where(queued => queued.GroupName == group && queued.VisibleAt > now).MinAsync(queued => (DateTimeOffset?)queued.VisibleAt, cancellation);
        return next - now;
    }

    public override Task<bool> HideAsync(Claim claim, TimeSpan hiddenFor, CancellationToken cancellation) => WriteAsync(durable: false, connection =>
    {
        using var hide = Command(connection, "UPDATE queue SET VisibleAt = @until WHERE Sequence = @sequence AND Token = @token",
            ("sequence", claim.Sequence), ("token", claim.Token), ("until", Now() + (long)hiddenFor.TotalMilliseconds));
        return hide.ExecuteNonQuery() == 1;
    }, cancellation);

    public override Task ReleaseAsync(Claim claim, TimeSpan delay, CancellationToken cancellation) => WriteAsync(durable: false, connection =>
    {
        using var release = Command(connection, "UPDATE queue SET VisibleAt = @due, Token = NULL WHERE Sequence = @sequence AND Token = @token",
            ("sequence", claim.Sequence), ("token", claim.Token), ("due", Now() + (long)Math.Ceiling(delay.TotalMilliseconds)));
        return release.ExecuteNonQuery();
    }, cancellation);

    public override Task RemoveAsync(IReadOnlyList<Claim> done, CancellationToken cancellation) =>
        WriteAsync(durable: false, connection => done.Count(claim => Remove(connection, claim)), cancellation);

    public override Task BuryAsync(Claim claim, string group, string reason, CancellationToken cancellation) => WriteAsync(durable: true, connection =>
    {
        if (!Remove(connection, claim)) return false;
        using var bury = Command(connection, "INSERT INTO dead_letters (GroupName, Body, Reason, At) VALUES (@group, @body, @reason, @now)",
            ("group", group), ("body", claim.Body), ("reason", reason), ("now", Now()));
        bury.ExecuteNonQuery();
        return true;
    }, cancellation);

    public override Task<int> RedriveAsync(string group, IReadOnlyList<(BuriedEvent Letter, CloudEvent Event)> letters, CancellationToken cancellation) => WriteAsync(durable: true, connection =>
    {
        var gone = 0;
        foreach (var (letter, happened) in letters)
        {
            using var remove = Command(connection, "DELETE FROM dead_letters WHERE Sequence = @sequence", ("sequence", letter.Sequence));
            if (remove.ExecuteNonQuery() == 0) continue;
            gone++;
            // One that waits already is enough.
            using var insert = Command(connection, "INSERT INTO queue (GroupName, EventId, Subject, Body, VisibleAt, Deliveries) VALUES (@group, @id, @subject, @body, @now, 0) ON CONFLICT DO NOTHING",
                ("group", group), ("id", happened.Id), ("subject", happened.Subject), ("body", letter.Body), ("now", Now()));
            insert.ExecuteNonQuery();
        }
        return gone;
    }, cancellation);

    protected override void Dispose(bool disposing)
    {
        if (disposing) writing.Dispose();
        base.Dispose(disposing);
    }

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
            await using var db = await Databases.CreateDbContextAsync(cancellation);
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
