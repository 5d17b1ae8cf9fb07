using Fotograma.Data;
using Fotograma.Fleeting.Signals;
using Fotograma.Fleeting.Tests.Suites;
using Fotograma.Peers.Postgres;

namespace Fotograma.Fleeting.Tests.Drivers;

public sealed class PostgresSignalsTests : SignalSuite
{
    private readonly List<PostgresSignals> drivers = [];
    private PostgresRoom? room;

    protected override async Task<ISignalDriver> ConnectAsync()
    {
        if (room is null)
        {
            room = (await PostgresPeer.SharedAsync()).MakeRoom();
            await room.CreateAsync("video");
        }
        drivers.Add(new PostgresSignals(new PostgresOptions { ConnectionString = room.ConnectionString, DatabasePrefix = room.Prefix }));
        return drivers[^1];
    }

    protected override async ValueTask CloseAsync()
    {
        foreach (var driver in drivers) await driver.DisposeAsync();
        if (room is not null) await room.DisposeAsync();
    }
}
