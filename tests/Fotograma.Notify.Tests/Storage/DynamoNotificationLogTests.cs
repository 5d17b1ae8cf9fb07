using Fotograma.Data.DynamoDb;
using Fotograma.Kernel.Hosting;
using Fotograma.Notify.Storage;
using Fotograma.Notify.Storage.DynamoDb;
using Fotograma.Peers.DynamoDb;
using Fotograma.Suites.Notifications;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Notify.Tests.Storage;

/// <summary>The log in DynamoDB, in tables of its own for each test.</summary>
public sealed class DynamoNotificationLogTests : NotificationLogSuite
{
    private static int made;

    internal override async Task<NotificationPlace> MakeAsync(CancellationToken cancellation)
    {
        var peer = await DynamoPeer.SharedAsync(cancellation);
        var place = new DynamoPlace(new DynamoDbOptions
        {
            Endpoint = peer.ServiceUrl, Region = "us-east-1", AccessKey = "test", SecretKey = "test", TablePrefix = $"test{Interlocked.Increment(ref made)}-",
        });
        await place.PrepareAsync(cancellation);
        return place;
    }

    private sealed class DynamoPlace : NotificationPlace
    {
        private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        private readonly Amazon.DynamoDBv2.IAmazonDynamoDB client;
        private readonly DynamoTables tables;
        private readonly DynamoStore store;
        private readonly List<FakeTimeProvider> clocksElsewhere = [];

        public DynamoPlace(DynamoDbOptions options)
        {
            client = DynamoRegistration.ClientFor(options);
            tables = new DynamoTables(client, NotifyTables.All, options, TimeProvider.System, NullLogger<DynamoTables>.Instance);
            store = new DynamoStore(client, tables, options, new Random(), TimeProvider.System);
            Ids = new Ids(clock);
            Log = new DynamoNotificationLog(store, Ids, clock);
        }

        public override INotificationLog Log { get; }

        public override DateTimeOffset Now => clock.GetUtcNow();

        public override Ids Ids { get; }

        public Task PrepareAsync(CancellationToken cancellation) => tables.PrepareAsync(cancellation);

        public override INotificationLog Elsewhere(TimeSpan ahead)
        {
            var other = new FakeTimeProvider(clock.GetUtcNow() + ahead);
            clocksElsewhere.Add(other);
            return new DynamoNotificationLog(store, new Ids(other), other);
        }

        public override Task PassAsync(TimeSpan time)
        {
            clock.Advance(time);
            foreach (var other in clocksElsewhere) other.Advance(time);
            return Task.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            foreach (var table in NotifyTables.All) await client.DeleteTableAsync(tables.NameOf(table.Name));
            client.Dispose();
        }
    }
}
