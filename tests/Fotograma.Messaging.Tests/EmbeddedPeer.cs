using Fotograma.Data;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Embedded;
using Fotograma.Messaging.Transport;
using Fotograma.Suites.Transport;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fotograma.Messaging.Tests;

/// <summary>An SQLite file of its own; every connection is a transport with its own contexts, as another process would have.</summary>
internal sealed class EmbeddedPeer(TimeProvider clock, MessagingOptions options) : TransportPeer
{
    private readonly string folder = Directory.CreateTempSubdirectory("fotograma-bus-").FullName;
    private readonly List<(EmbeddedTransport Transport, SqliteQueue Queue, Contexts Contexts)> connections = [];

    private string File => Path.Combine(folder, "bus.db");

    public BusDb OpenDatabase() => new Contexts(File).CreateDbContext();

    public override bool QueuesCanBeMissing => false;

    public override async Task<ITransport> ConnectAsync(CancellationToken cancellation)
    {
        var contexts = new Contexts(File);
        await using (var db = contexts.CreateDbContext()) await db.Database.MigrateAsync(cancellation);
        var queue = new SqliteQueue(contexts, clock);
        var transport = new EmbeddedTransport(queue, options, new Ids(clock), clock, NullLogger<EmbeddedTransport>.Instance);
        connections.Add((transport, queue, contexts));
        return transport;
    }

    public override Task KillAsync(ITransport transport, CancellationToken cancellation)
    {
        connections.Single(connection => connection.Transport == transport).Contexts.Dead = true;
        return Task.CompletedTask;
    }

    public override async Task PublishRawAsync(Subscription group, byte[] body, CancellationToken cancellation)
    {
        await using var db = OpenDatabase();
        db.Add(new QueuedEvent { GroupName = group.Group, EventId = new Ids(clock).New(), Subject = "raw", Body = body, VisibleAt = clock.GetUtcNow(), Deliveries = 0 });
        await db.SaveChangesAsync(cancellation);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var connection in connections) connection.Queue.Dispose();
        await using (var db = OpenDatabase()) SqliteConnection.ClearPool((SqliteConnection)db.Database.GetDbConnection());
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A process's way to the file, which death closes.</summary>
    private sealed class Contexts(string file) : IDbContextFactory<BusDb>
    {
        public bool Dead { get; set; }

        public BusDb CreateDbContext()
        {
            if (Dead) throw new SqliteException("The process is dead.", 1);
            var db = new DbContextOptionsBuilder<BusDb>();
            DatabaseRegistration.Configure(db, file, new SqliteOptions());
            return new BusDb(db.Options);
        }
    }
}
