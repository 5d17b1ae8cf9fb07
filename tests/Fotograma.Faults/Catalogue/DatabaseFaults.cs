using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;
using Fotograma.Peers.Faults;

namespace Fotograma.Faults.Catalogue;

/// <summary>A database that stops, cuts, stalls, refuses, or answers into the void.</summary>
internal static class DatabaseFaults
{
    private const string EndConnections = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL";

    public static IEnumerable<Mishap> All =>
    [
        new("F28", "PostgreSQL stopped at once (immediate) and started again", DatabaseIsStoppedAsync),
        new("F29", "every connection to PostgreSQL is reset", ConnectionsAreResetAsync),
        new("F30", "PostgreSQL takes no writes for a while", DatabaseIsReadOnlyAsync),
        new("F31", "the connection pools are far too small", trial => trial.LoadAsync(16, atOnce: 8)) { DatabaseExtras = ";Maximum Pool Size=2;Timeout=3" },
        new("F32", "rows are locked by somebody else", RowsAreLockedAsync),
        new("F33", "executed, but the answer is lost, for one call in twenty", AnswersAreLostAsync),
        new("F35", "PostgreSQL answers half a second late", DatabaseIsSlowAsync),
        new("F36", "backends are ended at random", BackendsAreEndedAsync),
    ];

    private static async Task DatabaseIsStoppedAsync(Trial trial)
    {
        var load = trial.LoadAsync(12);
        await trial.PassSomeAsync();
        await trial.Deployment.Postgres.StopImmediateAsync();
        await trial.PassAsync(1);
        await trial.Deployment.Postgres.StartAgainAsync();
        await load;
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
        await trial.Deployment.Truth.ExecuteAsync("ALTER SYSTEM SET default_transaction_read_only = on", trial.Cancellation);
        await trial.Deployment.Truth.ExecuteAsync("SELECT pg_reload_conf()", trial.Cancellation);
        await trial.PassAsync(3);
        await trial.Deployment.Truth.ExecuteAsync("ALTER SYSTEM RESET default_transaction_read_only", trial.Cancellation);
        await trial.Deployment.Truth.ExecuteAsync("SELECT pg_reload_conf()", trial.Cancellation);
        await load;
        await trial.LoadAsync(4);
    }

    private static async Task RowsAreLockedAsync(Trial trial)
    {
        var load = trial.LoadAsync(10);
        for (var turn = 0; turn < 3; turn++)
        {
            await trial.PassSomeAsync(0.5);
            await trial.Deployment.Truth.ExecuteAsync("BEGIN; LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(1.5); ROLLBACK", trial.Cancellation);
        }
        await load;
    }

    private static async Task AnswersAreLostAsync(Trial trial)
    {
        trial.Deployment.Links.LoseReplies(Target.Database, share: 0.05);
        await trial.LoadAsync(12);
        await trial.PassAsync(3);
        trial.Deployment.Links.Heal();
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
            await trial.Deployment.Truth.ExecuteAsync($"{EndConnections} AND random() < 0.5", trial.Cancellation);
        }
        await load;
    }
}
