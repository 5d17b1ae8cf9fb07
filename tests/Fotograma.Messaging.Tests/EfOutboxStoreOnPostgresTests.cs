using Fotograma.Data;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Fotograma.Peers.Postgres;
using Fotograma.Suites.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Fotograma.Messaging.Tests;

public sealed class EfOutboxStoreOnPostgresTests : OutboxSuite
{
    private PostgresRoom room = null!;
    private PooledDbContextFactory<StoryDb> databases = null!;

    protected override async Task<IOutboxStore> MakeAsync(CancellationToken cancellation)
    {
        room = (await PostgresPeer.SharedAsync()).MakeRoom();
        await room.CreateAsync("story");
        var options = new DbContextOptionsBuilder<StoryDb>();
        DatabaseRegistration.Configure(options, new PostgresOptions { ConnectionString = room.ConnectionString, DatabasePrefix = room.Prefix }, "story");
        databases = new PooledDbContextFactory<StoryDb>(options.Options);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db.Database.EnsureCreatedAsync(cancellation);
        return new EfOutboxStore<StoryDb>(databases, new MessagingOptions());
    }

    protected override async Task WriteAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        foreach (var happened in events) await OutboxRow.WriteAsync(db, happened, cancellation);
    }

    protected override async Task WriteRawAsync(byte[] body, CancellationToken cancellation)
    {
        await using var db = databases.CreateDbContext();
        db.Set<OutboxRow>().Add(new OutboxRow { EventId = new Guid(1, 0, 0, new byte[8]), Body = body });
        await db.SaveChangesAsync(cancellation);
    }

    protected override ValueTask RemoveAsync() => room.DisposeAsync();
}
