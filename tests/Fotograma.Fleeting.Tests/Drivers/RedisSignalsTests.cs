using Fotograma.Fleeting.Redis;
using Fotograma.Fleeting.Signals;
using Fotograma.Fleeting.Tests.Suites;

namespace Fotograma.Fleeting.Tests.Drivers;

public sealed class RedisSignalsTests(SharedRedis redis) : SignalSuite
{
    private readonly string prefix = redis.FreshPrefix();
    private readonly List<RedisConnection> connections = [];

    protected override Task<ISignalDriver> ConnectAsync()
    {
        connections.Add(SharedRedis.Connect(redis.Peer.Endpoint, prefix));
        return Task.FromResult<ISignalDriver>(new RedisSignals(connections[^1], TimeProvider.System));
    }

    protected override async ValueTask CloseAsync()
    {
        foreach (var connection in connections) await connection.DisposeAsync();
    }
}
