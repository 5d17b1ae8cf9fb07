using System.Net;
using Fotograma.Clips;
using Fotograma.EndToEnd.Tests.Hosts;
using Fotograma.Peers.DynamoDb;
using Fotograma.Peers.Kafka;
using Fotograma.Peers.Postgres;
using Fotograma.Peers.RabbitMq;
using Fotograma.Peers.Redis;
using Fotograma.Peers.Sqs;

namespace Fotograma.EndToEnd.Tests.Deployments;

/// <summary>The same story, told of five processes that share nothing but servers.</summary>
public sealed class ApartTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_story_is_true_apart_on_postgres_rabbitmq_s3_and_redis()
    {
        await using var room = (await PostgresPeer.SharedAsync()).MakeRoom();
        var rabbit = await RabbitMqPeer.SharedAsync();
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        var host = await rabbit.AddVirtualHostAsync(Cancellation);
        await using var deployment = await Apart.StartAsync(
            [.. Settings.Of(room), .. Settings.Of(rabbit, host), .. await Settings.OfBucketAsync("story-apart", Cancellation), .. Settings.Of(redis)], Cancellation);

        await IsTrueAsync(deployment);
        await IsTracedAsync(deployment.Address, rabbit, host);
        await IsSignedOutEverywhereAsync(deployment.Address);

        await rabbit.RetireVirtualHostAsync(host);
    }

    [Fact]
    public async Task The_story_is_true_apart_on_postgres_kafka_and_a_shared_folder()
    {
        await using var room = (await PostgresPeer.SharedAsync()).MakeRoom();
        await using var brokers = await KafkaPeer.StartAsync(brokers: 1, Cancellation);
        await using var kafka = KafkaFront.Before(brokers);
        var blobs = Directory.CreateTempSubdirectory("fotograma-blobs-");
        await using (var deployment = await Apart.StartAsync(
            [.. Settings.Of(room), .. Settings.Of(kafka), ("Blobs__Folder", blobs.FullName), ("Fleeting__Signals", "postgres")], Cancellation))
        {
            await IsTrueAsync(deployment);
        }
        blobs.Delete(recursive: true);
    }

    [Fact]
    public async Task The_story_is_true_apart_on_sqs_dynamodb_and_s3()
    {
        await using var room = (await PostgresPeer.SharedAsync()).MakeRoom();
        var sqs = await SqsPeer.SharedAsync(Cancellation);
        var dynamo = await DynamoPeer.SharedAsync(Cancellation);
        await using var deployment = await Apart.StartAsync(
            [.. Settings.Of(room), .. Settings.Of(sqs, "story-"), .. Settings.Of(dynamo), .. await Settings.OfBucketAsync("story-aws", Cancellation)], Cancellation);

        await IsTrueAsync(deployment);
    }

    // The token was good for the process of the videos a moment ago; the process of the accounts took it back.
    private static async Task IsSignedOutEverywhereAsync(Uri address)
    {
        using var user = await ApiUser.RegisterAsync(address, Cancellation);
        await user.GetAsync("/api/v1/videos", Cancellation);
        using var signedOut = await user.Http.PostAsync("/api/v1/auth/logout", null, Cancellation);
        signedOut.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var refused = await user.Http.GetAsync("/api/v1/videos", Cancellation);
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    // Another program at the broker sees which trace each event belongs to; the last one comes from the worker's process.
    private static async Task IsTracedAsync(Uri address, RabbitMqPeer rabbit, string host)
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        await using var listener = await EventListener.BeginAsync(rabbit.Port, host, Cancellation);
        using var user = await ApiUser.RegisterAsync(address, Cancellation);
        user.Http.DefaultRequestHeaders.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-01");
        user.Http.DefaultRequestHeaders.Add("tracestate", "vendor=opaque");
        await user.UploadAsync(await GoodClips.OneSecond.PathAsync(Cancellation), Cancellation);

        string[] wanted = ["video.created", "video.uploaded", "video.processed"];
        var traces = await listener.TracesAsync(wanted, Cancellation);
        foreach (var type in wanted) traces[type].ShouldMatch($"^00-{Trace}-[0-9a-f]{{16}}-01 vendor=opaque$", type);
    }

    // A process that went without something it should have may get through a story all the same; it says so.
    private static async Task IsTrueAsync(Apart deployment)
    {
        await WholeStory.TellAsync(deployment.Address, Cancellation);
        foreach (var server in deployment.Servers) await Health.IsWholeAsync(server.Address, Cancellation);
    }
}
