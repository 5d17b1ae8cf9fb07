using Fotograma.Fleeting.Redis;
using Fotograma.Fleeting.Store;
using Fotograma.Fleeting.Tests.Suites;

namespace Fotograma.Fleeting.Tests.Drivers;

public sealed class RedisStoreTests(SharedRedis redis) : FleetingStoreSuite
{
    private readonly string prefix = redis.FreshPrefix();
    private readonly List<RedisConnection> connections = [];

    protected override IFleetingStore Open()
    {
        connections.Add(SharedRedis.Connect(redis.Peer.Endpoint, prefix));
        return new RedisStore(connections[^1]);
    }

    protected override async ValueTask CloseAsync()
    {
        foreach (var connection in connections) await connection.DisposeAsync();
    }
}
