using Fotograma.Jobs.Ledger;
using Fotograma.Jobs.Ledger.Sql;
using Fotograma.Jobs.Tests.Ledger;
using Fotograma.Kernel.Errors;
using Fotograma.Messages;
using Fotograma.Messaging;
using Fotograma.Messaging.Outbox;
using Fotograma.Suites.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Jobs.Tests.Schedules;

/// <summary>
/// One ledger on SQLite in memory with the real faces, the real driver and the real outbox, used for one schedule after the other. The database itself watches over what
/// is final: rules beside the driver refuse what must never happen and write down every change of state.
/// </summary>
internal sealed class ScheduleWorld : IAsyncDisposable
{
    private const string Rules =
        """
        CREATE TABLE IF NOT EXISTS transitions (job TEXT NOT NULL, was TEXT NOT NULL, became TEXT NOT NULL);
        CREATE TRIGGER IF NOT EXISTS final_states_are_never_left BEFORE UPDATE ON jobs WHEN OLD.State IN ('completed', 'failed', 'cancelled')
        BEGIN SELECT RAISE(ABORT, 'a final state was left or written again'); END;
        CREATE TRIGGER IF NOT EXISTS epochs_grow_with_claims BEFORE UPDATE ON jobs
        WHEN NEW.Epoch <> OLD.Epoch + (OLD.State = 'pending' AND NEW.State = 'processing')
        BEGIN SELECT RAISE(ABORT, 'the epoch did not grow by a claim'); END;
        CREATE TRIGGER IF NOT EXISTS transitions_are_noted AFTER UPDATE ON jobs WHEN NEW.State <> OLD.State
        BEGIN INSERT INTO transitions VALUES (NEW.Id, OLD.State, NEW.State); END;
        """;

    private readonly MemoryPlace place;

    private ScheduleWorld(MemoryPlace place, TestLedger ledger, ShakyPlace shaky) => (this.place, Ledger, Shakiness, Chance) = (place, ledger, shaky.Shakiness, shaky.Chance);

    public TestLedger Ledger { get; }

    public Shakiness Shakiness { get; }

    /// <summary>The source of jitter inside the faces.</summary>
    public Reseeded Chance { get; }

    public IOutboxStore Outbox { get; private set; } = null!;

    /// <summary>Makes an empty world. Only where <paramref name="knowsOutages"/> do the faces take what does not answer for a store that is away, and ask again.</summary>
    public static async Task<ScheduleWorld> MakeAsync(bool knowsOutages = false)
    {
        var place = MemoryPlace.New();
        var shaky = new ShakyPlace(place, knowsOutages);
        var ledger = await TestLedger.MakeAsync(shaky, new() { ["Jobs:LeaseSeconds"] = $"{TestLedger.LeaseSeconds}" }, shaky.Chance);
        var world = new ScheduleWorld(place, ledger, shaky) { Outbox = new EfOutboxStore<LedgerDb>(place.Databases, new MessagingOptions()) };
        world.Execute(Rules);
        return world;
    }

    /// <summary>Empties everything for the next schedule.</summary>
    public void Clear()
    {
        place.Clear();
        Execute("DELETE FROM transitions");
    }

    /// <summary>How often each job went into a final state.</summary>
    public Dictionary<Guid, int> FinalTransitions()
    {
        using var command = place.Connection.CreateCommand();
        command.CommandText = "SELECT job, count(*) FROM transitions WHERE became IN ('completed', 'failed', 'cancelled') GROUP BY job";
        using var reader = command.ExecuteReader();
        var found = new Dictionary<Guid, int>();
        while (reader.Read()) found[reader.GetGuid(0)] = reader.GetInt32(1);
        return found;
    }

    public ValueTask DisposeAsync() => Ledger.DisposeAsync();

    private void Execute(string sql)
    {
        using var command = place.Connection.CreateCommand();
#pragma warning disable CA2100 // The constants above.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>The place with the shaky store before its driver.</summary>
    private sealed class ShakyPlace(MemoryPlace place, bool knowsOutages) : LedgerPlace
    {
        public Shakiness Shakiness { get; } = new();

        public Reseeded Chance { get; } = new();

        public override IReadOnlyDictionary<string, string?> Settings => place.Settings;

        public override void Register(IServiceCollection services)
        {
            place.Register(services);
            if (knowsOutages) services.AddSingleton(new ErrorMeaning(failure => failure is NoAnswerException ? ErrorCatalogue.DatabaseUnavailable : null));
            services.AddSingleton<SqliteLedger>();
            services.AddSingleton<ILedgerStore>(provider => new ShakyStore(provider.GetRequiredService<SqliteLedger>(), Shakiness));
        }

        public override Task PrepareAsync(IServiceProvider services, Microsoft.Extensions.Time.Testing.FakeTimeProvider clock, CancellationToken cancellation) =>
            place.PrepareAsync(services, clock, cancellation);

        public override Task<IReadOnlyList<JobRow>> JobsAsync(IServiceProvider services, CancellationToken cancellation) => place.JobsAsync(services, cancellation);

        public override Task<IReadOnlyList<CloudEvent>> EventsAsync(IServiceProvider services, int without, CancellationToken cancellation) =>
            place.EventsAsync(services, without, cancellation);

        public override ValueTask DisposeAsync()
        {
            place.Connection.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>Chance that begins anew with every schedule.</summary>
internal sealed class Reseeded : Random
{
    private Random inner = new(0);

    public void Seed(int seed) => inner = new Random(seed);

    public override double NextDouble() => inner.NextDouble();

    public override int Next(int maxValue) => inner.Next(maxValue);
}
