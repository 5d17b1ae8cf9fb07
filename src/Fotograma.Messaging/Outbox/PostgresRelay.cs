using Fotograma.Messages;
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
    private const string Rules = $"""
        SELECT set_config('synchronous_commit', 'off', true), set_config('idle_in_transaction_session_timeout', '0', true),
            set_config('lock_timeout', '{WaitMax}', true), set_config('enable_seqscan', 'off', true)
        """;

    private const string Read = """SELECT "Sequence", "Body" FROM outbox ORDER BY "Sequence" LIMIT $1""";

    private const string Forget = """DELETE FROM outbox WHERE "Sequence" = ANY ($1)""";

    public static async Task<int> MoveAsync(
        NpgsqlConnection connection, int limit, Func<IReadOnlyList<CloudEvent>, CancellationToken, Task> publish, CancellationToken cancellation)
    {
        await using var turn = await connection.BeginTransactionAsync(cancellation);
        if (await TakeAsync(connection, turn, limit, cancellation) is not { Count: > 0 } rows) return 0;
        await publish([.. rows.Select(row => CloudEvent.FromJson(row.Body))], cancellation);
        await using var forget = new NpgsqlCommand(Forget, connection, turn) { Parameters = { new() { Value = rows.Select(row => row.Sequence).ToArray() } } };
        await forget.ExecuteNonQueryAsync(cancellation);
        await turn.CommitAsync(CancellationToken.None);
        return rows.Count;
    }

    // Waits for the turn; null when another relay is still at work. The question sees what was committed until the turn came, because it is a statement of its own.
    private static async Task<List<(long Sequence, byte[] Body)>?> TakeAsync(NpgsqlConnection connection, NpgsqlTransaction turn, int limit, CancellationToken cancellation)
    {
        await using var taking = new NpgsqlBatch(connection, turn)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Rules), new NpgsqlBatchCommand($"SELECT pg_advisory_xact_lock({Lock})"),
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
