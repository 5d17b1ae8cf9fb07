using System.Collections.Concurrent;
using Fotograma.Jobs.Ledger;
using Fotograma.Suites.Ledger;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Jobs.Tests.Ledger;

/// <summary>
/// SQLite in memory: the real driver, for tests that need very many steps. There is one connection, so it serves one caller at a time. Places are emptied and used
/// again, because making tables takes longer than a short life.
/// </summary>
internal sealed class MemoryPlace : DatabasePlace
{
    private static readonly ConcurrentBag<MemoryPlace> Empty = [];
    private readonly SqliteConnection connection = new("Data Source=:memory:;Foreign Keys=True;Pooling=False");
    private readonly PooledDbContextFactory<LedgerDb> databases;

    private MemoryPlace()
    {
        connection.Open();
        databases = new PooledDbContextFactory<LedgerDb>(new DbContextOptionsBuilder<LedgerDb>().UseSqlite(connection).Options);
        using var db = databases.CreateDbContext();
        db.Database.EnsureCreated();
    }

    public override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>();

    public IDbContextFactory<LedgerDb> Databases => databases;

    /// <summary>A place that does not come back to the others.</summary>
    public static MemoryPlace New() => new();

    public static MemoryPlace Take() => Empty.TryTake(out var place) ? place : new MemoryPlace();

    /// <summary>The connection, for questions and rules beside the driver.</summary>
    public SqliteConnection Connection => connection;

    public override void Register(IServiceCollection services) => services.AddSingleton<IDbContextFactory<LedgerDb>>(databases);

    public override Task PrepareAsync(IServiceProvider services, FakeTimeProvider clock, CancellationToken cancellation) => Task.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        Clear();
        Empty.Add(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Empties the place.</summary>
    public void Clear()
    {
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM jobs; DELETE FROM videos; DELETE FROM turns; DELETE FROM trash; DELETE FROM outbox; DELETE FROM installation;";
        command.ExecuteNonQuery();
    }
}
