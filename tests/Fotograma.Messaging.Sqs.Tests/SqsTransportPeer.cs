using System.Text;
using System.Text.Unicode;
using Amazon.SQS;
using Amazon.SQS.Model;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Transport;
using Fotograma.Peers.Sqs;
using Fotograma.Suites.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fotograma.Messaging.Sqs.Tests;

/// <summary>A server that speaks SQS, shared by all tests, with queues of a prefix of its own.</summary>
internal sealed class SqsTransportPeer : TransportPeer
{
    private readonly List<(SqsTransport Transport, Connection Connection)> connections = [];
    private readonly AmazonSQSClient outside;

    public SqsTransportPeer(SqsPeer server)
    {
        Options = new SqsOptions
        {
            ServiceUrl = server.ServiceUrl,
            AccessKey = "test",
            SecretKey = "test",
            QueuePrefix = $"t{new Ids(TimeProvider.System).New():N}"[..20] + "-",
            CallSecondsMax = 10,
            RetriesMax = 1,
        };
        outside = (AmazonSQSClient)SqsCalls.Client(Options);
    }

    public SqsOptions Options { get; }

    public MessagingOptions Messaging { get; } = new() { VisibilityTimeoutSeconds = 1, PollMilliseconds = 200 };

    /// <summary>A client of nobody.</summary>
    public IAmazonSQS Outside => outside;

    public override async Task<ITransport> ConnectAsync(CancellationToken cancellation)
    {
        // As every process does: it prepares what there is before it publishes or consumes.
        var others = connections.SelectMany(connection => connection.Transport.Prepared).DistinctBy(subscription => subscription.Group).ToList();
        var transport = Connect(new Connection());
        await transport.PrepareAsync(others, cancellation);
        return transport;
    }

    public SqsTransport Connect(Connection connection)
    {
        var transport = new SqsTransport(SqsCalls.Client(Options, connection), Options, Messaging, TimeProvider.System, NullLoggerFactory.Instance);
        connections.Add((transport, connection));
        return transport;
    }

    public SqsTransport Connect(IAmazonSQS client)
    {
        var transport = new SqsTransport(client, Options, Messaging, TimeProvider.System, NullLoggerFactory.Instance);
        connections.Add((transport, new Connection()));
        return transport;
    }

    public override Task KillAsync(ITransport transport, CancellationToken cancellation)
    {
        connections.Single(connection => connection.Transport == transport).Connection.Kill();
        return Task.CompletedTask;
    }

    public override async Task PublishRawAsync(Subscription group, byte[] body, CancellationToken cancellation) =>
        await outside.SendMessageAsync(await UrlAsync(Options.QueuePrefix + group.Group, cancellation), Encoding.UTF8.GetString(body), cancellation);

    public override bool HidesWhatTheDeadHad => true;

    public override bool CanHold(byte[] body) => body.Length > 0 && Utf8.IsValid(body);

    public async Task<string> UrlAsync(string name, CancellationToken cancellation) => (await outside.GetQueueUrlAsync(name, cancellation)).QueueUrl;

    public async Task<Dictionary<string, string>> AttributesAsync(string name, CancellationToken cancellation) =>
        (await outside.GetQueueAttributesAsync(await UrlAsync(name, cancellation), [QueueAttributeName.All], cancellation)).Attributes;

    public override async ValueTask DisposeAsync()
    {
        foreach (var (transport, connection) in connections)
        {
            transport.Dispose();
            connection.Dispose();
        }
        using (outside)
        {
            var left = await outside.ListQueuesAsync(new ListQueuesRequest(Options.QueuePrefix));
            foreach (var url in left.QueueUrls ?? []) await outside.DeleteQueueAsync(url);
        }
    }
}
