using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Data;

/// <summary>Brings a database's schema up to date before any hosted service starts (embedded mode owns its file, so it may).</summary>
internal sealed class SchemaMigration<TDb>(IDbContextFactory<TDb> databases) : IHostedLifecycleService where TDb : DbContext
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (db.Database.GetConnectionString() is { } text
            && Path.GetDirectoryName(new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(text).DataSource) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        await db.Database.MigrateAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
