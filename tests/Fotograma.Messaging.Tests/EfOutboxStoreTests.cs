using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Fotograma.Suites.Outbox;

namespace Fotograma.Messaging.Tests;

public sealed class EfOutboxStoreTests : OutboxSuite
{
    private readonly StoryDatabase database = new();

    protected override Task<IOutboxStore> MakeAsync(CancellationToken cancellation) => Task.FromResult<IOutboxStore>(new EfOutboxStore<StoryDb>(database, new MessagingOptions()));

    protected override async Task WriteAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        await using var db = database.CreateDbContext();
        foreach (var happened in events)
        {
            db.Set<OutboxRow>().Add(OutboxRow.Of(happened));
            await db.SaveChangesAsync(cancellation);
        }
    }

    protected override async Task WriteRawAsync(byte[] body, CancellationToken cancellation)
    {
        await using var db = database.CreateDbContext();
        db.Set<OutboxRow>().Add(new OutboxRow { EventId = new Guid(1, 0, 0, new byte[8]), Body = body });
        await db.SaveChangesAsync(cancellation);
    }

    protected override ValueTask RemoveAsync()
    {
        database.Dispose();
        return ValueTask.CompletedTask;
    }
}
