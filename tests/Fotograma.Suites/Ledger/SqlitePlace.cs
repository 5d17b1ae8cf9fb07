using Fotograma.Jobs.Ledger;
using Fotograma.Messages;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Suites.Ledger;

/// <summary>What databases of EF Core have in common as places.</summary>
internal abstract class DatabasePlace : LedgerPlace
{
    private readonly Func<LedgerDb, IAsyncEnumerable<JobRow>> jobs = EF.CompileAsyncQuery((LedgerDb db) => db.Jobs.AsNoTracking().OrderBy(job => job.Id).Select(job => job));

    private readonly Func<LedgerDb, int, IAsyncEnumerable<byte[]>> bodies = EF.CompileAsyncQuery((LedgerDb db, int without) =>
        db.Set<Messaging.Outbox.OutboxRow>().AsNoTracking().OrderBy(row => row.Sequence).Skip(without).Select(row => row.Body));

    public override async Task<IReadOnlyList<JobRow>> JobsAsync(IServiceProvider services, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(services, cancellation);
        return await jobs(db).ToListAsync(cancellation);
    }

    public override async Task<IReadOnlyList<CloudEvent>> EventsAsync(IServiceProvider services, int without, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(services, cancellation);
        return [.. (await bodies(db, without).ToListAsync(cancellation)).Select(body => CloudEvent.FromJson(body))];
    }

    protected static Task<LedgerDb> OpenAsync(IServiceProvider services, CancellationToken cancellation) =>
        services.GetRequiredService<IDbContextFactory<LedgerDb>>().CreateDbContextAsync(cancellation);
}

/// <summary>A SQLite file in a folder of its own.</summary>
internal sealed class SqlitePlace : DatabasePlace
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ledger-");

    public string File => Path.Combine(folder.FullName, "video.db");

    public override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Data:Folder"] = folder.FullName,
        ["Sqlite:SurvivePowerLoss"] = "false",
    };

    public override async Task PrepareAsync(IServiceProvider services, FakeTimeProvider clock, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(services, cancellation);
        await db.Database.MigrateAsync(cancellation);
    }

    public override ValueTask DisposeAsync()
    {
        using (var connection = new SqliteConnection(ConnectionString)) SqliteConnection.ClearPool(connection);
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    // The pool is found by the very text that the contexts are opened with.
    private string ConnectionString
    {
        get
        {
            var options = new DbContextOptionsBuilder<LedgerDb>();
            Data.DatabaseRegistration.Configure(options, File, new Data.SqliteOptions());
            using var db = new LedgerDb(options.Options);
            return db.Database.GetConnectionString()!;
        }
    }
}
