using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Data;

/// <summary>
/// Brings a database's schema up to date before any hosted service starts (embedded mode owns its file, so it may). EF Core guards a migration on SQLite
/// with a row that outlives a killed process and would make every later start wait for ever. A file that the operating system unlocks when its holder dies
/// guards it here: whoever holds that file knows that the row belongs to nobody.
/// </summary>
internal sealed class SchemaMigration<TDb>(IDbContextFactory<TDb> databases, TimeProvider clock) : IHostedLifecycleService where TDb : DbContext
{
    private const string LockTable = "__EFMigrationsLock";
    private static readonly TimeSpan OtherMigrationMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var path = new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource;
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        if (File.Exists(path) && !(await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any()) return;
        await using var held = await HoldAsync(path + ".migrating", cancellationToken);
        await ForgetDeadMigrationAsync(db, cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
    }

    private async Task<FileStream> HoldAsync(string path, CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (clock.GetElapsedTime(since) < OtherMigrationMax)
            {
                await Task.Delay(LookInterval, clock, cancellation);
            }
        }
    }

    private static async Task ForgetDeadMigrationAsync(TDb db, CancellationToken cancellation)
    {
        var tables = await db.Database.SqlQuery<int>($"SELECT COUNT(*) AS Value FROM sqlite_master WHERE name = {LockTable}").SingleAsync(cancellation);
        if (tables > 0) await db.Database.ExecuteSqlRawAsync($"DELETE FROM \"{LockTable}\"", cancellation);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
