using System.Data;
using Fotograma.Data;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fotograma.Messaging.Embedded;

/// <summary>
/// The queue on a PostgreSQL server, on the server's clock, shared by any number of processes. Publishing waits for the server's disk, because the publisher forgets the
/// event afterwards; claims and settlements do not, because losing one in a crash of the server only delivers an event again.
/// </summary>
internal sealed class PostgresQueue(IDbContextFactory<BusDb> databases, PostgresOptions options, Ids ids) : EmbeddedQueue(databases)
{
    /// <summary>The name of the module whose database it is.</summary>
    public const string Module = "bus";

    // One statement asks the clock once, so that an index can be used.
    private const string Now = "(SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint)";

    // A prepared statement keeps its plan, which costs as much as the work. A queue is empty at most times, and a plan that was made then would read it from end to end when it
    // is long.
    private const string Relaxed = """
        SELECT set_config('synchronous_commit', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true);
        """;

    // In the order of publication, which the sequence keeps.
    private const string Insert = $"""
        INSERT INTO queue ("GroupName", "EventId", "Subject", "Body", "VisibleAt", "Deliveries")
        SELECT wish."GroupName", happened.id, happened.subject, happened.body, {Now}, 0
        FROM unnest(@ids, @types, @subjects, @bodies) WITH ORDINALITY AS happened (id, type, subject, body, position)
        JOIN subscriptions wish ON wish."Type" = happened.type
        ORDER BY happened.position
        ON CONFLICT DO NOTHING RETURNING "GroupName"
        """;

    // As on SQLite: an event waits while an earlier one of its subject is waiting for the first time or being handled. Who claims at the same moment skips the rows of
    // the other, and still sees them as waiting: two members never get two new events of one subject. Whatever became due first comes first, which an index gives; OFFSET 0 keeps the
    // planner from comparing all events with all (an anti-join) to answer for the few that are wanted.
    private const string ClaimDue = $"""
        WITH due AS MATERIALIZED (
            SELECT candidate."Sequence" FROM queue candidate
            WHERE candidate."GroupName" = @group AND candidate."VisibleAt" <= {Now} AND NOT EXISTS (
                SELECT 1 FROM queue earlier
                WHERE earlier."GroupName" = candidate."GroupName" AND earlier."Subject" = candidate."Subject" AND earlier."Sequence" < candidate."Sequence"
                  AND (earlier."Token" IS NOT NULL OR earlier."Deliveries" = 0)
                OFFSET 0)
            ORDER BY candidate."VisibleAt" LIMIT @limit FOR UPDATE OF candidate SKIP LOCKED)
        UPDATE queue SET "VisibleAt" = {Now} + @hidden, "Deliveries" = "Deliveries" + 1, "Token" = @token,
            "FirstAt" = COALESCE("FirstAt", {Now})
        FROM due WHERE queue."Sequence" = due."Sequence"
        RETURNING queue."Sequence", "Body", "Deliveries", "FirstAt"
        """;

    private const string Remove = """
        DELETE FROM queue USING unnest(@sequences, @tokens) AS done (sequence, token) WHERE queue."Sequence" = done.sequence AND queue."Token" = done.token
        """;

    private const string UntilNext = $"""
        SELECT min("VisibleAt") - {Now} FROM queue WHERE "GroupName" = @group AND "VisibleAt" > {Now}
        """;

    private const string Bury = $"""
        WITH gone AS (DELETE FROM queue WHERE "Sequence" = @sequence AND "Token" = @token RETURNING "Body")
        INSERT INTO dead_letters ("GroupName", "Body", "Reason", "At") SELECT @group, "Body", @reason, {Now} FROM gone
        """;

    // One that waits already is enough.
    private const string Redrive = $"""
        WITH gone AS (DELETE FROM dead_letters WHERE "Sequence" = ANY (@sequences) RETURNING "Sequence", "Body"), put AS (
            INSERT INTO queue ("GroupName", "EventId", "Subject", "Body", "VisibleAt", "Deliveries")
            SELECT @group, letter.id, letter.subject, gone."Body", {Now}, 0
            FROM gone JOIN unnest(@sequences, @ids, @subjects) AS letter (sequence, id, subject) ON letter.sequence = gone."Sequence"
            ORDER BY gone."Sequence"
            ON CONFLICT DO NOTHING)
        SELECT count(*)::int FROM gone
        """;

    private const string Channel = "fotograma_bus";
    private const int IdCharacters = 32;

    // What this process says is not news to it.
    private readonly string speaker = ids.New().ToString("N");

    public override bool Listens => true;

    // Types are only added: while versions run side by side, the older one must not take from the newer one what it does not know.
    public override async Task SubscribeAsync(Subscription subscription, CancellationToken cancellation) => await RunAsync(
        """INSERT INTO subscriptions ("Type", "GroupName") SELECT type, @group FROM unnest(@types) AS type ORDER BY type ON CONFLICT DO NOTHING""",
        command => command.ExecuteNonQueryAsync(cancellation), cancellation, ("types", subscription.Types.ToArray()), ("group", subscription.Group));

    public override Task<HashSet<string>> PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation) => RunAsync(Insert, async command =>
        {
            var groups = new HashSet<string>(StringComparer.Ordinal);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) groups.Add(reader.GetString(0));
            return groups;
        }, cancellation, ("ids", events.Select(happened => happened.Id).ToArray()), ("types", events.Select(happened => happened.Type).ToArray()),
        ("subjects", events.Select(happened => PostgresText.Storable(happened.Subject)).ToArray()), ("bodies", events.Select(happened => happened.ToJson()).ToArray()));

    public override Task<(IReadOnlyList<Claim> Claims, TimeSpan? UntilNext)> ClaimAsync(
        string group, int limit, Guid token, TimeSpan hiddenFor, IReadOnlyList<Claim> done, CancellationToken cancellation) =>
        RunAsync<(IReadOnlyList<Claim>, TimeSpan?)>(done.Count > 0 ? $"{Relaxed} {Remove}; {ClaimDue}; {UntilNext}" : $"{Relaxed} {ClaimDue}; {UntilNext}", async command =>
        {
            var claims = new List<Claim>();
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            await reader.NextResultAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                claims.Add(Claim.Of(reader.GetInt64(0), token, await reader.GetFieldValueAsync<byte[]>(1, cancellation), reader.GetInt32(2), reader.GetInt64(3)));
            claims.Sort((one, other) => one.Sequence.CompareTo(other.Sequence));
            await reader.NextResultAsync(cancellation);
            var hidden = await reader.ReadAsync(cancellation) && !await reader.IsDBNullAsync(0, cancellation);
            return (claims, hidden ? TimeSpan.FromMilliseconds(Math.Max(0, reader.GetInt64(0))) : null);
        }, cancellation, ("group", group), ("limit", limit), ("token", token), ("hidden", Milliseconds(hiddenFor)), Sequences(done), Tokens(done));

    public override async Task<bool> HideAsync(Claim claim, TimeSpan hiddenFor, CancellationToken cancellation) => await RunAsync(
        $"""{Relaxed} UPDATE queue SET "VisibleAt" = {Now} + @hidden WHERE "Sequence" = @sequence AND "Token" = @token RETURNING 1""",
        command => AnyRowAsync(command, cancellation), cancellation,
        ("sequence", claim.Sequence), ("token", claim.Token), ("hidden", Milliseconds(hiddenFor)));

    public override Task ReleaseAsync(Claim claim, TimeSpan delay, CancellationToken cancellation) => RunAsync(
        $"""{Relaxed} UPDATE queue SET "VisibleAt" = {Now} + @delay, "Token" = NULL WHERE "Sequence" = @sequence AND "Token" = @token""",
        command => command.ExecuteNonQueryAsync(cancellation), cancellation,
        ("sequence", claim.Sequence), ("token", claim.Token), ("delay", Milliseconds(delay)));

    public override Task RemoveAsync(IReadOnlyList<Claim> done, CancellationToken cancellation) =>
        RunAsync($"{Relaxed} {Remove}", command => command.ExecuteNonQueryAsync(cancellation), cancellation, Sequences(done), Tokens(done));

    public override Task BuryAsync(Claim claim, string group, string reason, CancellationToken cancellation) => RunAsync(
        Bury, command => command.ExecuteNonQueryAsync(cancellation), cancellation,
        ("sequence", claim.Sequence), ("token", claim.Token), ("group", group), ("reason", PostgresText.Storable(reason)));

    public override Task<int> RedriveAsync(string group, IReadOnlyList<(BuriedEvent Letter, CloudEvent Event)> letters, CancellationToken cancellation) => RunAsync(
        Redrive, async command => (int)(await command.ExecuteScalarAsync(cancellation))!, cancellation,
        ("group", group), ("sequences", letters.Select(one => one.Letter.Sequence).ToArray()), ("ids", letters.Select(one => one.Event.Id).ToArray()),
        ("subjects", letters.Select(one => PostgresText.Storable(one.Event.Subject)).ToArray()));

    public override async Task ListenAsync(Action<string?> heard, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(options.ListeningConnectionStringOf(Module));
        connection.Notification += (_, told) =>
        {
            if (!told.Payload.StartsWith(speaker, StringComparison.Ordinal) && told.Payload.Length > IdCharacters) heard(told.Payload[IdCharacters..]);
        };
        await connection.OpenAsync(cancellation);
        await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection)) await listen.ExecuteNonQueryAsync(cancellation);
        heard(null);
        while (true) await connection.WaitAsync(cancellation);
    }

    // After the commit and on its own, because commits that carry notifications wait for each other's disk. Whoever does not hear it looks a little later.
    public override async Task TellAsync(IReadOnlyCollection<string> groups, CancellationToken cancellation)
    {
        try
        {
            await RunAsync(
                $"{Relaxed} SELECT pg_notify('{Channel}', @speaker || name) FROM unnest(@groups) AS name", command => command.ExecuteNonQueryAsync(cancellation), cancellation,
                ("speaker", speaker), ("groups", groups.ToArray()));
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            // The events are published all the same.
        }
    }

    private async Task<T> RunAsync<T>(string text, Func<NpgsqlCommand, Task<T>> run, CancellationToken cancellation, params (string Name, object Value)[] values)
    {
        await using var db = await Databases.CreateDbContextAsync(cancellation);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        if (connection.State != ConnectionState.Open) await db.Database.OpenConnectionAsync(cancellation);
#pragma warning disable CA2100 // The statements are the constants of this class.
        await using var command = new NpgsqlCommand(text, connection);
#pragma warning restore CA2100
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value);
        return await run(command);
    }

    private static async Task<bool> AnyRowAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        return await reader.ReadAsync(cancellation);
    }

    private static (string, object) Sequences(IReadOnlyList<Claim> done) => ("sequences", done.Select(claim => claim.Sequence).ToArray());

    private static (string, object) Tokens(IReadOnlyList<Claim> done) => ("tokens", done.Select(claim => claim.Token).ToArray());

    private static long Milliseconds(TimeSpan time) => (long)Math.Ceiling(time.TotalMilliseconds);
}
