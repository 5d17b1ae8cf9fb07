using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Fotograma.Messaging.Outbox;

/// <summary>
/// One relay at a time works on an outbox on PostgreSQL. Two that share the events would publish those of one subject in any order, and two that do not would publish
/// everything twice. The turn ends with its transaction, so also with the process. On SQLite the processes of one machine each take theirs at once: events are then
/// published twice at times, which consumers have to bear anyway.
/// </summary>
internal sealed class RelayTurn : IAsyncDisposable
{
    // Any number that nothing else uses in these databases: "FOTORLAY" in ASCII.
    private const long Lock = 0x464F544F524C4159;

    // Whoever waits longer looks again: a broker that is slow to take a batch is no failure.
    private const string WaitMax = "5s";

    private readonly IDbContextTransaction? transaction;

    private RelayTurn(IDbContextTransaction? transaction) => this.transaction = transaction;

    /// <summary>Waits for the turn; null when another relay is still at work.</summary>
    public static async Task<RelayTurn?> TakeAsync(DbContext db, CancellationToken cancellation)
    {
        if (!db.Database.IsNpgsql()) return new RelayTurn(null);
        var turn = new RelayTurn(await db.Database.BeginTransactionAsync(cancellation));
        try
        {
            // That a deletion is not lost in a crash of the server is not worth waiting for its disk: the event would come again.
            await db.Database.ExecuteSqlRawAsync(
                $"SET LOCAL synchronous_commit = off; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = '{WaitMax}'; SELECT pg_advisory_xact_lock({Lock})",
                cancellation);
            return turn;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await turn.DisposeAsync();
            return null;
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
    }

    /// <summary>Keeps what was done during the turn.</summary>
    public Task EndAsync() => transaction?.CommitAsync(CancellationToken.None) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => transaction?.DisposeAsync() ?? ValueTask.CompletedTask;
}
