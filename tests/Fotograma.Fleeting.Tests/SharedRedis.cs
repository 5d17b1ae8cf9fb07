using Fotograma.Fleeting.Redis;
using Fotograma.Fleeting.Tests;
using Fotograma.Kernel.Hosting;
using Fotograma.Peers.Redis;

[assembly: AssemblyFixture(typeof(SharedRedis))]

namespace Fotograma.Fleeting.Tests;

/// <summary>One Redis server for all tests that do not disturb it; each test has a prefix of its own.</summary>
public sealed class SharedRedis : IAsyncLifetime
{
    private readonly Ids ids = new(TimeProvider.System);
    private RedisPeer? peer;

    public RedisPeer Peer => peer ?? throw new InvalidOperationException("Redis is not started.");

    public async ValueTask InitializeAsync() => peer = await RedisPeer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (peer is not null) await peer.DisposeAsync();
    }

    public string FreshPrefix() => $"test-{ids.New():N}:";

    internal static RedisConnection Connect(string endpoint, string prefix) => 
        // A busy machine may not answer within a second.
        new(new RedisOptions { Endpoints = endpoint, Prefix = prefix, ConnectMilliseconds = 20_000 });
}
