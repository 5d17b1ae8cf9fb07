using Fotograma.Data;
using Fotograma.Kernel.Hosting;
using Fotograma.Notify.Storage;
using Fotograma.Notify.Storage.Database;
using Fotograma.Suites.Notifications;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Notify.Tests.Storage;

/// <summary>The log in an SQLite file.</summary>
public sealed class EfNotificationLogTests : NotificationLogSuite
{
    internal override async Task<NotificationPlace> MakeAsync(CancellationToken cancellation)
    {
        var place = new SqlitePlace();
        await place.PrepareAsync(cancellation);
        return place;
    }

    private sealed class SqlitePlace : NotificationPlace
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("notifications-");
        private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        private readonly PooledDbContextFactory<NotifyDb> databases;

        public SqlitePlace()
        {
            var options = new DbContextOptionsBuilder<NotifyDb>();
            DatabaseRegistration.Configure(options, Path.Combine(folder.FullName, "notify.db"), new SqliteOptions { SurvivePowerLoss = false });
            databases = new PooledDbContextFactory<NotifyDb>(options.Options);
            Log = new EfNotificationLog(databases, new DatabaseClock(clock, PostgresTime.Clock));
            Ids = new Ids(clock);
        }

        public override INotificationLog Log { get; }

        public override DateTimeOffset Now => clock.GetUtcNow();

        public override Ids Ids { get; }

        // A file is for the processes of one machine.
        public override INotificationLog Elsewhere(TimeSpan ahead) => Log;

        public async Task PrepareAsync(CancellationToken cancellation)
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            await db.Database.MigrateAsync(cancellation);
        }

        public override Task PassAsync(TimeSpan time)
        {
            clock.Advance(time);
            return Task.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            await using (var db = await databases.CreateDbContextAsync()) SqliteConnection.ClearPool((SqliteConnection)db.Database.GetDbConnection());
            folder.Delete(recursive: true);
        }
    }
}
