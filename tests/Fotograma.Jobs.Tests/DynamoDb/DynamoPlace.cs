using System.Collections.Concurrent;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using Fotograma.Data.DynamoDb;
using Fotograma.Jobs.DynamoDb;
using Fotograma.Jobs.Ledger;
using Fotograma.Messages;
using Fotograma.Peers.DynamoDb;
using Fotograma.Suites.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Jobs.Tests.DynamoDb;

/// <summary>Tables with a prefix of their own on one server. They are emptied and used again, because making tables takes longer than most tests.</summary>
internal sealed class DynamoPlace : LedgerPlace
{
    private const int EventsMax = 100_000;
    private static readonly ConcurrentBag<string> EmptyPrefixes = [];
    private static int made;
    private readonly DynamoPeer peer;
    private readonly string prefix;
    private readonly IAmazonDynamoDB client;
    private readonly HttpClientFactory? connection;

    private DynamoPlace(DynamoPeer peer, string prefix, HttpClientFactory? connection)
    {
        this.peer = peer;
        this.prefix = prefix;
        this.connection = connection;
        client = DynamoRegistration.ClientFor(new DynamoDbOptions { Endpoint = peer.ServiceUrl, Region = "us-east-1", AccessKey = "test", SecretKey = "test" });
    }

    public override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>(peer.Settings)
    {
        ["Jobs:Store"] = "dynamodb",
        ["DynamoDb:TablePrefix"] = prefix,
    };

    /// <summary>Takes a place that nobody else uses; the ledger reaches it by <paramref name="connection"/>, where one is given.</summary>
    public static async Task<DynamoPlace> TakeAsync(CancellationToken cancellation, HttpClientFactory? connection = null)
    {
        var peer = await DynamoPeer.SharedAsync(cancellation);
        return new DynamoPlace(peer, EmptyPrefixes.TryTake(out var prefix) ? prefix : $"test{Interlocked.Increment(ref made)}-", connection);
    }

    public override void Register(IServiceCollection services)
    {
        if (connection is not null)
        {
            var config = new AmazonDynamoDBConfig { ServiceURL = peer.ServiceUrl, AuthenticationRegion = "us-east-1", HttpClientFactory = connection };
            services.AddSingleton<IAmazonDynamoDB>(_ => new AmazonDynamoDBClient(new BasicAWSCredentials("test", "test"), config));
        }
        // The ledger's clock stands still in tests; pauses between tries must pass all the same.
        services.AddSingleton(provider => new DynamoStore(
            provider.GetRequiredService<IAmazonDynamoDB>(), provider.GetRequiredService<DynamoTables>(), provider.GetRequiredService<DynamoDbOptions>(), new Random(),
            TimeProvider.System));
    }

    public override Task PrepareAsync(IServiceProvider services, FakeTimeProvider clock, CancellationToken cancellation) =>
        services.GetRequiredService<DynamoTables>().PrepareAsync(cancellation);

    public override async Task<IReadOnlyList<JobRow>> JobsAsync(IServiceProvider services, CancellationToken cancellation) =>
        [.. (await EverythingAsync(LedgerTables.Jobs, cancellation)).Select(item => LedgerItems.Job(new Item(item))).OrderBy(job => job.Id)];

    public override async Task<IReadOnlyList<CloudEvent>> EventsAsync(IServiceProvider services, int without, CancellationToken cancellation) =>
        [.. (await services.GetRequiredService<DynamoOutbox>().ReadAsync(EventsMax, cancellation)).Skip(without)];

    public override async ValueTask DisposeAsync()
    {
        foreach (var design in LedgerTables.All)
        {
            string[] key = design.Key.Sort is { } sort ? [design.Key.Partition, sort] : [design.Key.Partition];
            foreach (var batch in (await EverythingAsync(design.Name, CancellationToken.None)).Chunk(25))
            {
                var requests = batch.Select(item => new WriteRequest(new DeleteRequest(key.ToDictionary(name => name, name => item[name])))).ToList();
                await client.BatchWriteItemAsync(new BatchWriteItemRequest { RequestItems = new() { [prefix + design.Name] = requests } });
            }
        }
        client.Dispose();
        EmptyPrefixes.Add(prefix);
    }

    private async Task<List<Dictionary<string, AttributeValue>>> EverythingAsync(string table, CancellationToken cancellation)
    {
        var found = new List<Dictionary<string, AttributeValue>>();
        var request = new ScanRequest { TableName = prefix + table, ConsistentRead = true };
        do
        {
            var answer = await client.ScanAsync(request, cancellation);
            found.AddRange(answer.Items ?? []);
            request.ExclusiveStartKey = answer.LastEvaluatedKey;
        }
        while (request.ExclusiveStartKey is { Count: > 0 });
        return found;
    }
}
