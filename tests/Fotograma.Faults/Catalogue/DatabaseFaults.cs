using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;
using Fotograma.Peers.Faults;
using Npgsql;

namespace Fotograma.Faults.Catalogue;

/// <summary>A database that stops, cuts, stalls, refuses, or answers into the void.</summary>
internal static class DatabaseFaults
{
    private const string DeadlockFound = "deadlock detected";
    private const string CannotSerialize = "could not serialize access";
    private const string ProgramRefused = "the program was the one refused";
    private const string BackendsEnded = "backends were ended";
    private const string CommittedWithoutAnswer = "a commit took effect after its connection was lost";
    private const string EndBackends =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL AND backend_type = 'client backend' AND random() < 0.5";

    private static readonly TimeSpan LongAcceptance = TimeSpan.FromSeconds(6);

    private const int LockTurnsMax = 8;
    private const double AwaySeconds = 60;

    // Longer than a command may take, and than a lease.
    private static readonly TimeSpan LongEnd = TimeSpan.FromSeconds(15);

    public static IEnumerable<Mishap> All =>
    [
        new("F28", "PostgreSQL stopped at once (immediate) and started again", DatabaseIsStoppedAsync) { Happened = [Proof.DatabaseSaid("received immediate shutdown request"), Proof.Refused(503)] },
        new("F28b", "PostgreSQL is away for a minute", DatabaseIsAwayAsync) { Happened = [Proof.DatabaseSaid("received immediate shutdown request"), Proof.Refused(503)] },
        new("F29", "every connection to PostgreSQL is reset", ConnectionsAreResetAsync) { Happened = [Proof.Struck(Target.Database) with { AtLeast = 20 }] },
        new("F30", "PostgreSQL takes no writes for a while", DatabaseIsReadOnlyAsync) { Happened = [Proof.DatabaseSaid("in a read-only transaction")] },
        new("F31", "the connection pools are far too small", PoolsAreTooSmallAsync)
        {
            Settings = new Dictionary<string, string> { ["Postgres__PoolConnectionsMax"] = "2", ["Postgres__ConnectTimeoutSeconds"] = "2" }, Happened = [Proof.Said("connection pool has been exhausted")],
        },
        new("F32", "deadlocks with somebody else", DeadlocksHappenAsync) { Happened = [Proof.DatabaseSaid(DeadlockFound), Proof.Noted(ProgramRefused)] },
        new("F32b", "PostgreSQL refuses to serialize", SerializationFailsAsync) { Happened = [Proof.DatabaseSaid(CannotSerialize)] },
        new("F33", "executed, but the answer is lost, and the connection with it, for one call in twenty", trial => AnswersAreLostAsync(trial, inSilence: false))
        {
            Happened = [Proof.Struck(Target.Database) with { AtLeast = 5 }],
        },
        new("F33b", "the end of a job takes effect long after its connection was lost", EndTakesEffectLaterAsync) { Happened = [Proof.Noted(CommittedWithoutAnswer)] },
        new("F33c", "an acceptance takes effect long after its connection was lost", AcceptanceTakesEffectLaterAsync) { Happened = [Proof.Noted(CommittedWithoutAnswer)] },
        new("F33d", "executed, but the answer is lost in silence, on a connection that stays open, for one call in twenty", trial => AnswersAreLostAsync(trial, inSilence: true))
        {
            Happened = [Proof.Struck(Target.Database) with { AtLeast = 5 }], Settings = new Dictionary<string, string> { ["Postgres__CommandTimeoutSeconds"] = "3", ["Postgres__ConnectTimeoutSeconds"] = "3" },
        },
        DiskIsFull("F34", "the disk of PostgreSQL is full for a while", Proof.DatabaseSaid("No space left on device") with { AtLeast = 3 }),
        new("F35", "PostgreSQL answers half a second late", DatabaseIsSlowAsync) { Happened = [Proof.Struck(Target.Database) with { AtLeast = 20 }] },
        new("F36", "backends are ended at random", BackendsAreEndedAsync) { Happened = [Proof.Noted(BackendsEnded) with { AtLeast = 10 }] },
    ];

    /// <summary>The disk that the ledger lies on has no room for a while.</summary>
    /// <param name="id">The mishap's name.</param>
    /// <param name="title">What happens.</param>
    /// <param name="wasFull">Who said so.</param>
    public static Mishap DiskIsFull(string id, string title, Proof wasFull) => new(id, title, trial => DiskIsFullAsync(trial, wasFull)) { Happened = [wasFull] };

    private static async Task DatabaseIsStoppedAsync(Trial trial)
    {
        var load = trial.LoadAsync(12);
        await trial.PassSomeAsync();
        var newcomers = trial.JoinAsync(4);
        await trial.Deployment.Postgres.StopImmediateAsync();
        await trial.LoadAsync(2);
        await trial.PassAsync(1);
        await trial.Deployment.Postgres.StartAgainAsync();
        await Task.WhenAll(load, newcomers);
        await trial.LoadAsync(4);
    }

    private static async Task DatabaseIsAwayAsync(Trial trial)
    {
        var load = trial.LoadAsync(12);
        await trial.PassSomeAsync();
        await trial.Deployment.Postgres.StopImmediateAsync();
        var more = trial.LoadAsync(2);
        await trial.PassAsync(AwaySeconds);
        await trial.Deployment.Postgres.StartAgainAsync();
        await Task.WhenAll(load, more);
        await trial.LoadAsync(4);
    }

    private static async Task ConnectionsAreResetAsync(Trial trial)
    {
        var load = trial.LoadAsync(12);
        for (var turn = 0; turn < 5; turn++)
        {
            await trial.PassSomeAsync(0.5);
            trial.Deployment.Links.Cut(Target.Database);
        }
        await load;
    }

    private static async Task DatabaseIsReadOnlyAsync(Trial trial)
    {
        var load = trial.LoadAsync(8);
        await trial.PassSomeAsync();
        await SetForAllAsync(trial, "default_transaction_read_only = on");
        await trial.PassAsync(3);
        await SetForAllAsync(trial, null);
        await load;
        await trial.LoadAsync(4);
    }

    // Slow answers keep the few connections busy.
    private static async Task PoolsAreTooSmallAsync(Trial trial)
    {
        trial.Deployment.Links.Set(Target.Database, new Fault.Latency(TimeSpan.FromMilliseconds(150)));
        await trial.LoadAsync(24, atOnce: 12);
        trial.Deployment.Links.Heal();
        await trial.LoadAsync(4);
    }

    // Somebody takes one table, waits until the program waits for it with another in hand, and wants that one too. The program has waited longer and is the one that is refused.
    private static async Task DeadlocksHappenAsync(Trial trial)
    {
        var log = trial.Deployment.Postgres;
        var refused = 0;
        for (var turn = 0; turn < LockTurnsMax && refused == 0; turn++)
        {
            var before = Count(log.Log, DeadlockFound);
            var load = trial.LoadAsync(6, atOnce: 6);
            await trial.PassSomeAsync(0.3);
            var (first, second) = turn % 2 == 0 ? ("outbox", "jobs") : ("jobs", "outbox");
            var mine = await LockAsync(trial, first, second) ? 0 : 1;
            await load;
            refused = Count(log.Log, DeadlockFound) - before - mine;
            trial.Note(ProgramRefused, refused);
        }
    }

    /// <returns>False when it was refused.</returns>
    private static async Task<bool> LockAsync(Trial trial, string first, string second)
    {
        try
        {
            await trial.Deployment.Sql.ExecuteAsync(
                $"""
                BEGIN;
                SET LOCAL deadlock_timeout = '20s';
                LOCK TABLE {first} IN EXCLUSIVE MODE;
                SELECT pg_sleep(0.8);
                LOCK TABLE {second} IN EXCLUSIVE MODE;
                ROLLBACK
                """, trial.Cancellation);
            return true;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            return false;
        }
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    // Every transaction is serializable, for as long as it takes until some have been refused for that.
    private static async Task SerializationFailsAsync(Trial trial)
    {
        var before = Count(trial.Deployment.Postgres.Log, CannotSerialize);
        await SetForAllAsync(trial, "default_transaction_isolation = 'serializable'");
        for (var turn = 0; turn < LockTurnsMax && Count(trial.Deployment.Postgres.Log, CannotSerialize) == before; turn++) await trial.LoadAsync(12, atOnce: 8);
        await SetForAllAsync(trial, null);
        await trial.LoadAsync(4);
    }

    private static async Task AnswersAreLostAsync(Trial trial, bool inSilence)
    {
        var before = trial.Deployment.Links.Struck(Target.Database);
        trial.Deployment.Links.LoseReplies(Target.Database, share: 0.05, trial.Chance, inSilence);
        await trial.LoadAsync(12);
        await trial.UntilAsync(_ => Task.FromResult(trial.Deployment.Links.Struck(Target.Database) >= before + 10));
        trial.Deployment.Links.Heal();
    }

    // The worker loses the connection with the answer, and all that it asks until then is answered as if nothing had been written.
    private static Task EndTakesEffectLaterAsync(Trial trial) => TakesEffectLaterAsync(trial, SlowDown.Ends, LongEnd);

    private static Task AcceptanceTakesEffectLaterAsync(Trial trial) => TakesEffectLaterAsync(trial, SlowDown.Acceptances, LongAcceptance);

    // Only the connection of the write is cut: whatever else the program asks is answered.
    private static async Task TakesEffectLaterAsync(Trial trial, SlowDown.Moment moment, TimeSpan length)
    {
        var (truth, links) = (trial.Deployment.Sql, trial.Deployment.Links);
        await SlowDown.PlaceAsync(truth, moment, length, trial.Cancellation);
        var load = trial.LoadAsync(2);
        await trial.UntilAsync(async token => (await SlowDown.UnderWayAsync(truth, token)).Count > 0);
        await SlowDown.EndAsync(truth, moment, trial.Cancellation);
        var cut = (await SlowDown.UnderWayAsync(truth, trial.Cancellation)).Where(write => links.CutDatabaseFrom(write.Port)).ToList();
        await load;
        await trial.UntilAsync(async token => (await SlowDown.UnderWayAsync(truth, token)).Count == 0);
        foreach (var write in cut)
        {
            if (await SlowDown.IsCommittedAsync(truth, write, trial.Cancellation)) trial.Note(CommittedWithoutAnswer);
        }
    }

    private static async Task DiskIsFullAsync(Trial trial, Proof wasFull)
    {
        await trial.Deployment.MoveLedgerToSmallDiskAsync(trial.Cancellation);
        var load = trial.LoadAsync(6);
        await trial.PassSomeAsync();
        var before = await wasFull.CountAsync(trial);
        trial.Deployment.DatabaseDisk!.Fill();
        var more = trial.LoadAsync(20, atOnce: 4);
        await trial.PassAsync(6);
        await more;
        // What fits into pages that are there already is written all the same.
        await trial.LoadUntilAsync(wasFull, before);
        trial.Deployment.DatabaseDisk!.Free();
        await load;
        await trial.LoadAsync(4);
    }

    private static async Task DatabaseIsSlowAsync(Trial trial)
    {
        trial.Deployment.Links.Set(Target.Database, new Fault.Latency(TimeSpan.FromMilliseconds(500)));
        var load = trial.LoadAsync(6);
        await trial.PassAsync(8);
        trial.Deployment.Links.Heal();
        await load;
    }

    private static async Task BackendsAreEndedAsync(Trial trial)
    {
        var load = trial.LoadAsync(12);
        for (var turn = 0; turn < 8; turn++)
        {
            await trial.PassSomeAsync(0.4);
            trial.Note(BackendsEnded, await trial.Deployment.Sql.CountAsync(EndBackends, trial.Cancellation));
        }
        await load;
    }

    private static async Task SetForAllAsync(Trial trial, string? setting)
    {
        await trial.Deployment.Sql.ExecuteAsync(setting is null ? "ALTER SYSTEM RESET ALL" : $"ALTER SYSTEM SET {setting}", trial.Cancellation);
        await trial.Deployment.Sql.ExecuteAsync("SELECT pg_reload_conf()", trial.Cancellation);
    }
}
