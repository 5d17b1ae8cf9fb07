using Fotograma.Messaging.RabbitMq.Connecting;
using Fotograma.Messaging.Transport;
using Fotograma.Peers.Faults;
using Fotograma.Peers.RabbitMq;
using Fotograma.Suites.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;

namespace Fotograma.Messaging.RabbitMq.Tests;

/// <summary>A virtual host of its own on a node. Each connection goes through a proxy of its own, by which it can be spoiled and killed.</summary>
internal sealed class Broker : TransportPeer
{
    private readonly List<Client> clients = [];
    private IConnection? raw;

    private Broker(RabbitMqPeer node, string virtualHost) => (Node, VirtualHost) = (node, virtualHost);

    public RabbitMqPeer Node { get; }

    public string VirtualHost { get; }

    /// <summary>A fresh virtual host on the node that all tests share.</summary>
    public static async Task<Broker> SharedAsync(CancellationToken cancellation) => await OnAsync(await RabbitMqPeer.SharedAsync(), cancellation);

    /// <summary>A fresh virtual host on a node.</summary>
    public static async Task<Broker> OnAsync(RabbitMqPeer node, CancellationToken cancellation) => new(node, await node.AddVirtualHostAsync(cancellation));

    public override Task<ITransport> ConnectAsync(CancellationToken cancellation) => Task.FromResult<ITransport>(Connect().Transport);

    public Client Connect(Action<RabbitMqOptions>? change = null)
    {
        var client = new Client(FaultProxy.To(Node.Port), VirtualHost, change);
        clients.Add(client);
        return client;
    }

    public override async Task KillAsync(ITransport transport, CancellationToken cancellation) =>
        await clients.Single(client => client.Transport == transport).Proxy.DisposeAsync();

    public override async Task PublishRawAsync(Subscription group, byte[] body, CancellationToken cancellation)
    {
        var channel = await RawAsync(cancellation);
        await channel.BasicPublishAsync("", $"fotograma.{group.Group}", mandatory: true, new BasicProperties(), body, cancellation);
        await channel.CloseAsync(cancellation);
    }

    /// <summary>The broker as a stranger's client sees it.</summary>
    public async Task<IChannel> RawAsync(CancellationToken cancellation)
    {
        if (raw is not { IsOpen: true })
            raw = await new ConnectionFactory { HostName = "127.0.0.1", Port = Node.Port, VirtualHost = VirtualHost, AutomaticRecoveryEnabled = false }.CreateConnectionAsync(cancellation);
        return await raw.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellation);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var client in clients) await client.DisposeAsync();
        if (raw is not null) await raw.DisposeAsync();
        await Node.RetireVirtualHostAsync(VirtualHost);
    }
}

/// <summary>What one process has: a transport with its connections, behind a proxy.</summary>
internal sealed class Client : IAsyncDisposable
{
    private readonly BrokerConnections connections;

    public Client(FaultProxy proxy, string virtualHost, Action<RabbitMqOptions>? change = null)
    {
        Proxy = proxy;
        var options = new RabbitMqOptions { Hosts = $"127.0.0.1:{proxy.Port}", VirtualHost = virtualHost };
        change?.Invoke(options);
        connections = new BrokerConnections(options, NullLogger<BrokerConnections>.Instance);
        Transport = new RabbitMqTransport(connections, options, new MessagingOptions { PollMilliseconds = 200 }, TimeProvider.System, NullLogger<RabbitMqTransport>.Instance);
    }

    public FaultProxy Proxy { get; }

    public RabbitMqTransport Transport { get; }

    public async ValueTask DisposeAsync()
    {
        await connections.DisposeAsync();
        Transport.Dispose();
        await Proxy.DisposeAsync();
    }
}
