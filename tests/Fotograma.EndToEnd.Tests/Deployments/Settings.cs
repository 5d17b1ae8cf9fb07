using System.Globalization;
using Fotograma.Peers.DynamoDb;
using Fotograma.Peers.Kafka;
using Fotograma.Peers.Postgres;
using Fotograma.Peers.RabbitMq;
using Fotograma.Peers.Redis;
using Fotograma.Peers.S3;
using Fotograma.Peers.Sqs;

namespace Fotograma.EndToEnd.Tests.Deployments;

/// <summary>What an operator would set for each of the servers, as environment variables.</summary>
internal static class Settings
{
    public static IEnumerable<(string Name, string Value)> Of(PostgresRoom room) => room.Settings.Select(setting => (Variable(setting.Key), setting.Value));

    public static IEnumerable<(string Name, string Value)> Of(RabbitMqPeer rabbit, string virtualHost) => OfRabbitMq(rabbit.Port, virtualHost);

    public static IEnumerable<(string Name, string Value)> OfRabbitMq(int port, string virtualHost) =>
    [
        ("Messaging__Transport", "rabbitmq"), ("RabbitMq__Hosts", "127.0.0.1"), ("RabbitMq__Port", port.ToString(CultureInfo.InvariantCulture)),
        ("RabbitMq__VirtualHost", virtualHost), ("RabbitMq__User", RabbitMqPeer.User), ("RabbitMq__Password", RabbitMqPeer.Password),
    ];

    public static IEnumerable<(string Name, string Value)> Of(KafkaFront kafka) =>
        [("Messaging__Transport", "kafka"), ("Kafka__Servers", kafka.Servers), ("Kafka__Declare", "Create"), ("Kafka__Partitions", "4"), ("Kafka__Replicas", "1"), ("Kafka__SessionTimeoutSeconds", "6")];

    public static IEnumerable<(string Name, string Value)> Of(SqsPeer sqs, string prefix) =>
    [
        ("Messaging__Transport", "sqs"), ("Sqs__ServiceUrl", sqs.ServiceUrl), ("Sqs__Region", "us-east-1"), ("Sqs__AccessKey", "test"), ("Sqs__SecretKey", "test-secret"),
        ("Sqs__QueuePrefix", prefix),
    ];

    public static IEnumerable<(string Name, string Value)> Of(DynamoPeer dynamo) =>
    [
        ("Jobs__Store", "dynamodb"), ("Notify__Store", "dynamodb"),
        .. dynamo.Settings.Where(setting => setting.Value is not null).Select(setting => (Variable(setting.Key), setting.Value!)),
    ];

    public static IEnumerable<(string Name, string Value)> Of(RedisPeer redis) => [("Fleeting__Driver", "redis"), ("Redis__Endpoints", redis.Endpoint)];

    public static async Task<IEnumerable<(string Name, string Value)>> OfBucketAsync(string name, CancellationToken cancellation)
    {
        var s3 = await S3Peer.SharedAsync();
        var bucket = await s3.MakeBucketAsync(name, cancellation);
        return
        [
            ("Blobs__Driver", "s3"), ("S3__Endpoint", s3.Endpoint), ("S3__Bucket", bucket), ("S3__Region", "us-east-1"), ("S3__PathStyle", "true"),
            ("S3__AccessKeyId", S3Peer.AccessKey), ("S3__SecretAccessKey", S3Peer.SecretKey),
        ];
    }

    private static string Variable(string key) => key.Replace(":", "__", StringComparison.Ordinal);
}
