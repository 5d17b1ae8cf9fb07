using Fotograma.Data;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Embedded;
using Fotograma.Messaging.Transport;
using Fotograma.Peers.Postgres;
using Fotograma.Suites.Transport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Fotograma.Messaging.Tests;

/// <summary>A database of its own on the server that the tests share; every connection is a transport with its own pool, as another process would have.</summary>
internal sealed class EmbeddedOnPostgresPeer : TransportPeer
{
    private readonly PostgresRoom room;
    private readonly MessagingOptions options;
    private readonly List<(EmbeddedTransport Transport, Contexts Contexts)> connections = [];
    private bool migrated;

    private EmbeddedOnPostgresPeer(PostgresRoom room, MessagingOptions options) => (this.room, this.options) = (room, options);

    public static async Task<EmbeddedOnPostgresPeer> StartAsync(MessagingOptions options, PostgresPeer? server = null)
    {
        var peer = new EmbeddedOnPostgresPeer((server ?? await PostgresPeer.SharedAsync()).MakeRoom(), options);
        await peer.room.CreateAsync("bus");
        return peer;
    }

    public PostgresRoom Room => room;

    public BusDb OpenDatabase() => new Contexts(room, "witness").CreateDbContext();

    public override bool QueuesCanBeMissing => false;

    public override async Task<ITransport> ConnectAsync(CancellationToken cancellation)
    {
        var contexts = new Contexts(room, $"connection-{connections.Count}");
        if (!migrated)
        {
            await using var db = contexts.CreateDbContext();
            await db.Database.MigrateAsync(cancellation);
            migrated = true;
        }
        var ids = new Ids(TimeProvider.System);
        var queue = new PostgresQueue(contexts, contexts.Options, ids);
        var transport = new EmbeddedTransport(queue, options, ids, TimeProvider.System, NullLogger<EmbeddedTransport>.Instance);
        connections.Add((transport, contexts));
        return transport;
    }

    public override async Task KillAsync(ITransport transport, CancellationToken cancellation)
    {
        var contexts = connections.Single(connection => connection.Transport == transport).Contexts;
        contexts.Dead = true;
        // The server lets go of what a dead process held, as it does when the process's sockets are closed.
        await room.Server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{room.Prefix}bus' AND application_name = '{contexts.Name}'");
    }

    /// <summary>Cuts the listening connections of all transports, which say LISTEN last.</summary>
    public Task CutListenersAsync() =>
        room.Server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{room.Prefix}bus' AND query LIKE 'LISTEN %'");

    public async Task<int> ListenersAsync() =>
        (await room.Server.AskAsync($"SELECT pid FROM pg_stat_activity WHERE datname = '{room.Prefix}bus' AND query LIKE 'LISTEN %' AND state = 'idle'")).Count;

    public override async Task PublishRawAsync(Subscription group, byte[] body, CancellationToken cancellation)
    {
        await using var db = OpenDatabase();
        var ids = new Ids(TimeProvider.System);
        db.Add(new QueuedEvent { GroupName = group.Group, EventId = ids.New(), Subject = "raw", Body = body, VisibleAt = DateTimeOffset.UnixEpoch, Deliveries = 0 });
        await db.SaveChangesAsync(cancellation);
    }

    public override ValueTask DisposeAsync() => room.DisposeAsync();

    /// <summary>A process's way to the database, which death closes.</summary>
    private sealed class Contexts(PostgresRoom room, string name) : IDbContextFactory<BusDb>
    {
        public bool Dead { get; set; }

        public string Name => name;

        public PostgresOptions Options { get; } = new() { ConnectionString = $"{room.ConnectionString};Application Name={name}", DatabasePrefix = room.Prefix };

        public BusDb CreateDbContext()
        {
            if (Dead) throw new NpgsqlException("The process is dead.");
            var db = new DbContextOptionsBuilder<BusDb>();
            DatabaseRegistration.Configure(db, Options, "bus");
            return new BusDb(db.Options);
        }
    }
}
