using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Data.Schema;

/// <summary>
/// Embedded mode owns its file, so every start may migrate it. EF Core guards a migration on SQLite with a row that outlives a killed process and would make every
/// later start wait for ever. A file that the operating system unlocks when its holder dies guards it here: whoever holds that file knows that the row belongs to nobody.
/// </summary>
internal sealed class SqliteSchema<TDb>(IDbContextFactory<TDb> databases, TimeProvider clock, string module) : ModuleSchema(module) where TDb : DbContext
{
    private const string LockTable = "__EFMigrationsLock";
    private static readonly TimeSpan OtherMigrationMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    public override async Task<SchemaState> ReadAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var known = db.Database.GetMigrations().ToList();
        if (!File.Exists(PathOf(db))) return Compare(exists: false, known, []);
        return Compare(exists: true, known, [.. await db.Database.GetAppliedMigrationsAsync(cancellation)]);
    }

    public override async Task<SchemaChange> MigrateAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var path = PathOf(db);
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        var before = await ReadAsync(cancellation);
        RefuseBreaking(before);
        if (before is { Exists: true, Pending: [] }) return new SchemaChange(Created: false, [], before.Newer);
        await using var held = await HoldAsync(path + ".migrating", cancellation);
        await ForgetDeadMigrationAsync(db, cancellation);
        await db.Database.MigrateAsync(cancellation);
        return new SchemaChange(!before.Exists, before.Pending, before.Newer);
    }

    private static string PathOf(TDb db) => new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource;

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
}
