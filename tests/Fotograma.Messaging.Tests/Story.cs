using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Fotograma.Messaging.Transport;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Messaging.Tests;

/// <summary>A message of the tests.</summary>
internal sealed record Told(string Text) : IMessage
{
    public static string Type => "story.told";

    public string Subject => "story";
}

/// <summary>A module's database with an outbox.</summary>
internal sealed class StoryDb(DbContextOptions<StoryDb> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasOutbox();
}

/// <summary>A module's database file.</summary>
internal sealed class StoryDatabase : IDbContextFactory<StoryDb>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fotograma-story-").FullName;

    public StoryDatabase()
    {
        using var db = CreateDbContext();
        db.Database.EnsureCreated();
    }

    public string Folder => folder;

    public StoryDb CreateDbContext()
    {
        var db = new DbContextOptionsBuilder<StoryDb>();
        Data.DatabaseRegistration.Configure(db, Path.Combine(folder, "story.db"), new Data.SqliteOptions());
        return new StoryDb(db.Options);
    }

    public void Dispose()
    {
        using (var db = CreateDbContext()) Microsoft.Data.Sqlite.SqliteConnection.ClearPool((Microsoft.Data.Sqlite.SqliteConnection)db.Database.GetDbConnection());
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>Stands before a real transport and lets the first publications fail, before or after they arrived.</summary>
internal sealed class FailingTransport(ITransport inner, int failures, bool afterArrival) : ITransport
{
    private int left = failures;

    public int Published { get; private set; }

    public TransportCapabilities Capabilities => inner.Capabilities;

    public Task PrepareAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation) => inner.PrepareAsync(subscriptions, cancellation);

    public async Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        var fails = left-- > 0;
        if (!fails || afterArrival)
        {
            await inner.PublishAsync(events, cancellation);
            Published += events.Count;
        }
        if (fails) throw new IOException("The broker is meant to fail.");
    }

    public Task ConsumeAsync(
        Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, CancellationToken cancellation) =>
        left-- > 0 ? throw new IOException("The broker is meant to fail.") : inner.ConsumeAsync(subscription, slots, handle, cancellation);

    public Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(Subscription subscription, int limit, CancellationToken cancellation) =>
        inner.ReadDeadLettersAsync(subscription, limit, cancellation);

    public Task<Redriven> RedriveAsync(Subscription subscription, Guid? only, CancellationToken cancellation) => inner.RedriveAsync(subscription, only, cancellation);

    public Task PingAsync(CancellationToken cancellation) => inner.PingAsync(cancellation);
}
