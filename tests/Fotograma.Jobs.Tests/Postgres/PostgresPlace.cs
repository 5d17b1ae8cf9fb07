using System.Collections.Concurrent;
using Fotograma.Data;
using Fotograma.Peers.Postgres;
using Fotograma.Suites.Ledger;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Fotograma.Jobs.Tests.Postgres;

/// <summary>
/// A database on the shared server. The ledger asks a table for the time, which follows the test's clock; where that is wanted, it keeps the database's clock.
/// Databases are emptied and used again, because making one takes longer than most tests.
/// </summary>
internal sealed class PostgresPlace : DatabasePlace
{
    private static readonly ConcurrentBag<PostgresRoom> EmptyRooms = [];
    private readonly PostgresRoom room;
    private readonly bool realClock;

    private PostgresPlace(PostgresRoom room, bool realClock) => (this.room, this.realClock) = (room, realClock);

    public override IReadOnlyDictionary<string, string?> Settings => room.Settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value);

    public string ConnectionString => room.ConnectionStringOf("video");

    public static async Task<PostgresPlace> TakeAsync(bool realClock = false) =>
        new(EmptyRooms.TryTake(out var room) ? room : await MakeRoomAsync(), realClock);

    public override void Register(IServiceCollection services)
    {
        if (!realClock) services.AddSingleton(new PostgresTime("(SELECT ms FROM test_clock)"));
    }

    public override async Task PrepareAsync(IServiceProvider services, FakeTimeProvider clock, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(services, cancellation);
        await db.Database.MigrateAsync(cancellation);
        await db.Database.ExecuteSqlRawAsync(
            """
            CREATE TABLE IF NOT EXISTS test_clock (ms bigint NOT NULL);
            TRUNCATE jobs, videos, turns, trash, outbox, installation, test_clock;
            INSERT INTO test_clock VALUES (0);
            """, cancellation);
    }

    public override async Task TimePassedAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        if (realClock) return;
        await using var connection = new NpgsqlConnection(room.ConnectionStringOf("video"));
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand("UPDATE test_clock SET ms = $1", connection) { Parameters = { new() { Value = now.ToUnixTimeMilliseconds() } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public override ValueTask DisposeAsync()
    {
        EmptyRooms.Add(room);
        return ValueTask.CompletedTask;
    }

    private static async Task<PostgresRoom> MakeRoomAsync()
    {
        var room = (await PostgresPeer.SharedAsync()).MakeRoom();
        await room.CreateAsync("video");
        return room;
    }
}
