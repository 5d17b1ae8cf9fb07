using Fotograma.Peers.DynamoDb;
using Fotograma.Peers.Faults;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fotograma.Data.DynamoDb.Tests;

/// <summary>A server that takes requests and says nothing.</summary>
public sealed class SilenceTests
{
    private const string Things = "things";
    private static readonly TableDesign Design = new(Things, new KeyDesign("id"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_that_takes_too_long_is_an_outage_and_one_that_is_broken_off_is_none()
    {
        var peer = await DynamoPeer.SharedAsync(Cancellation);
        await using var way = FaultProxy.To(peer.Port);
        way.Fault = new Fault.Blackhole();
        var options = new DynamoDbOptions { Endpoint = $"http://127.0.0.1:{way.Port}", Region = "us-east-1", AccessKey = "test", SecretKey = "test", RequestTimeoutSeconds = 1 };
        using var client = DynamoRegistration.ClientFor(options);
        var tables = new DynamoTables(client, [Design], options, TimeProvider.System, NullLogger<DynamoTables>.Instance);
        var store = new DynamoStore(client, tables, options, new Random(1), TimeProvider.System);
        var key = new Item().With("id", "a");

        var thrown = await Should.ThrowAsync<DynamoUnavailableException>(() => store.FindAsync(Things, key, Cancellation));
        thrown.Message.ShouldStartWith("DynamoDB did not answer.");
        await Should.ThrowAsync<DynamoUnavailableException>(() => store.WriteAsync(ItemWrite.Put(Things, key), Cancellation));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var broken = store.FindAsync(Things, key, stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => broken);
    }
}
