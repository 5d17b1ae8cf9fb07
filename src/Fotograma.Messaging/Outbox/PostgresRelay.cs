using System.Globalization;
using Fotograma.Data;
using Npgsql;

namespace Fotograma.Messaging.Outbox;

/// <summary>
/// One relay at a time works on an outbox on PostgreSQL. Two that share the events would publish those of one subject in any order, and two that do not would publish
/// everything twice. The turn ends with its transaction, so also with the process. It is taken and the events are read in one way to the server.
/// </summary>
internal static class PostgresRelay
{
    // Any number that nothing else uses in these databases: "FOTORLAY" in ASCII.
    private const long Lock = 0x464F544F524C4159;

    // Whoever waits longer looks again: a broker that is slow to take a batch is no failure.
    private const string WaitMax = "5s";

    // That a deletion is not lost in a crash of the server is not worth waiting for its disk: the event would come again. An outbox is empty at most times, and a plan that
    // was made then would read it from end to end when it is long.
    // The server ends the turn of a relay of which nothing is heard: a host that vanished says no farewell, and its connection would stay open for hours.
    private const string Rules = $"""
        SELECT set_config('synchronous_commit', 'off', true), set_config('idle_in_transaction_session_timeout', $1, true),
            set_config('lock_timeout', '{WaitMax}', true), set_config('enable_seqscan', 'off', true)
        """;

    private const string Read = """SELECT "Sequence", "Body" FROM outbox ORDER BY "Sequence" LIMIT $1""";

    private const string Forget = """DELETE FROM outbox WHERE "Sequence" = ANY ($1)""";

    private const string Quarantine = """
        INSERT INTO outbox_quarantine ("Sequence", "EventId", "Body", "Reason", "At")
        SELECT waiting."Sequence", waiting."EventId", waiting."Body", refused.reason, refused.at
        FROM unnest($1, $2, $3) AS refused (sequence, reason, at) JOIN outbox waiting ON waiting."Sequence" = refused.sequence ON CONFLICT DO NOTHING
        """;

    public static async Task<int> MoveAsync(
        NpgsqlConnection connection, int limit, TimeSpan turnMax, Func<IReadOnlyList<WaitingEvent>, CancellationToken, Task<IReadOnlyList<EventFate>>> publish,
        CancellationToken cancellation)
    {
        await using var turn = await connection.BeginTransactionAsync(cancellation);
        if (await TakeAsync(connection, turn, limit, turnMax, cancellation) is not { Count: > 0 } rows) return 0;
        var fates = await publish([.. rows.Select(row => WaitingEvent.Of(KeyOf(row.Sequence), row.Body))], cancellation);
        var leaving = rows.Zip(fates, (row, fate) => (row.Sequence, Fate: fate)).Where(one => one.Fate is not EventFate.Stays).ToList();
        if (leaving.Count == 0) return 0;
        await using var settling = new NpgsqlBatch(connection, turn);
        if (leaving.Exists(one => one.Fate is EventFate.Quarantined)) settling.BatchCommands.Add(Quarantining(leaving));
        settling.BatchCommands.Add(new NpgsqlBatchCommand(Forget) { Parameters = { new() { Value = leaving.Select(one => one.Sequence).ToArray() } } });
        await settling.ExecuteNonQueryAsync(cancellation);
        await turn.CommitAsync(CancellationToken.None);
        return leaving.Count;
    }

    private static NpgsqlBatchCommand Quarantining(IEnumerable<(long Sequence, EventFate Fate)> leaving)
    {
        var refused = leaving.Where(one => one.Fate is EventFate.Quarantined).Select(one => (one.Sequence, Fate: (EventFate.Quarantined)one.Fate)).ToList();
        return new NpgsqlBatchCommand(Quarantine)
        {
            Parameters =
            {
                new() { Value = refused.Select(one => one.Sequence).ToArray() },
                new() { Value = refused.Select(one => PostgresText.Storable(one.Fate.Reason)).ToArray() },
                new() { Value = refused.Select(one => one.Fate.At.ToUnixTimeMilliseconds()).ToArray() },
            },
        };
    }

    private static string KeyOf(long sequence) => sequence.ToString(CultureInfo.InvariantCulture);

    // Waits for the turn; null when another relay is still at work. The question sees what was committed until the turn came, because it is a statement of its own.
    private static async Task<List<(long Sequence, byte[] Body)>?> TakeAsync(
        NpgsqlConnection connection, NpgsqlTransaction turn, int limit, TimeSpan turnMax, CancellationToken cancellation)
    {
        var milliseconds = ((long)turnMax.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        await using var taking = new NpgsqlBatch(connection, turn)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Rules) { Parameters = { new() { Value = milliseconds } } }, new NpgsqlBatchCommand($"SELECT pg_advisory_xact_lock({Lock})"),
                new NpgsqlBatchCommand(Read) { Parameters = { new() { Value = limit } } },
            },
        };
        try
        {
            await using var reader = await taking.ExecuteReaderAsync(cancellation);
            await reader.NextResultAsync(cancellation);
            await reader.NextResultAsync(cancellation);
            var rows = new List<(long, byte[])>();
            while (await reader.ReadAsync(cancellation)) rows.Add((reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)));
            return rows;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return null;
        }
    }
}
