using Fotograma.Data;
using Fotograma.Kernel.Hosting;
using Fotograma.Notify.Storage;
using Fotograma.Notify.Storage.Database;
using Fotograma.Peers.Postgres;
using Fotograma.Suites.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Notify.Tests.Storage;

/// <summary>The log in PostgreSQL, which is asked for the time; here a table gives the answer.</summary>
public sealed class EfNotificationLogOnPostgresTests : NotificationLogSuite
{
    internal override async Task<NotificationPlace> MakeAsync(CancellationToken cancellation)
    {
        var room = (await PostgresPeer.SharedAsync()).MakeRoom();
        await room.CreateAsync("notify");
        var place = new PostgresPlace(room);
        await place.PrepareAsync(cancellation);
        return place;
    }

    private sealed class PostgresPlace : NotificationPlace
    {
        private readonly PostgresRoom room;
        private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        private readonly PooledDbContextFactory<NotifyDb> databases;

        public PostgresPlace(PostgresRoom room)
        {
            this.room = room;
            var options = new DbContextOptionsBuilder<NotifyDb>();
            DatabaseRegistration.Configure(options, new PostgresOptions { ConnectionString = room.ConnectionString, DatabasePrefix = room.Prefix }, "notify");
            databases = new PooledDbContextFactory<NotifyDb>(options.Options);
            // The process's own clock is hours off: nothing may depend on it.
            Log = Elsewhere(TimeSpan.FromHours(5));
            Ids = new Ids(clock);
        }

        public override INotificationLog Log { get; }

        public override DateTimeOffset Now => clock.GetUtcNow();

        public override Ids Ids { get; }

        public override INotificationLog Elsewhere(TimeSpan ahead) =>
            new EfNotificationLog(databases, new DatabaseClock(new FakeTimeProvider(clock.GetUtcNow() + ahead), new PostgresTime("(SELECT ms FROM test_clock)")));

        public async Task PrepareAsync(CancellationToken cancellation)
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            await db.Database.MigrateAsync(cancellation);
            await db.Database.ExecuteSqlRawAsync("CREATE TABLE test_clock (ms bigint NOT NULL); INSERT INTO test_clock VALUES (0)", cancellation);
            await PassAsync(TimeSpan.Zero);
        }

        public override async Task PassAsync(TimeSpan time)
        {
            clock.Advance(time);
            await using var db = await databases.CreateDbContextAsync();
            await db.Database.ExecuteSqlAsync($"UPDATE test_clock SET ms = {clock.GetUtcNow().ToUnixTimeMilliseconds()}");
        }

        public override ValueTask DisposeAsync() => room.DisposeAsync();
    }
}
