using Fotograma.Peers.Kafka;
using Fotograma.Peers.RabbitMq;
using Fotograma.Peers.Sqs;

namespace Fotograma.EndToEnd.Tests.Deployments;

/// <summary>A broker of a test's own that can be away.</summary>
/// <param name="Settings">What processes are told of it.</param>
/// <param name="LoseAsync">Takes it away.</param>
/// <param name="ReturnAsync">Brings it back.</param>
/// <param name="EndAsync">Ends it.</param>
internal sealed record Broker(IReadOnlyList<(string Name, string Value)> Settings, Func<Task> LoseAsync, Func<Task> ReturnAsync, Func<ValueTask> EndAsync) : IAsyncDisposable
{
    public static Task<Broker> StartAsync(string transport, CancellationToken cancellation) => transport switch
    {
        "rabbitmq" => RabbitMqAsync(cancellation),
        "kafka" => KafkaAsync(cancellation),
        "sqs" => SqsAsync(cancellation),
        _ => throw new ArgumentOutOfRangeException(nameof(transport), transport, "There is no such broker."),
    };

    public ValueTask DisposeAsync() => EndAsync();

    private static async Task<Broker> RabbitMqAsync(CancellationToken cancellation)
    {
        var rabbit = await RabbitMqPeer.StartAsync(cancellation);
        return new Broker([.. Deployments.Settings.OfRabbitMq(rabbit.Port, "/")], rabbit.KillAsync, () => rabbit.StartAgainAsync(cancellation), rabbit.DisposeAsync);
    }

    private static async Task<Broker> KafkaAsync(CancellationToken cancellation)
    {
        var kafka = await KafkaPeer.StartAsync(cancellation: cancellation);
        var front = KafkaFront.Before(kafka);
        return new Broker([.. Deployments.Settings.Of(front)], () => kafka.SetDownAsync(), () => kafka.SetUpAsync(), async () =>
        {
            await front.DisposeAsync();
            await kafka.DisposeAsync();
        });
    }

    // What it held is gone with it.
    private static async Task<Broker> SqsAsync(CancellationToken cancellation)
    {
        var sqs = await SqsPeer.StartAsync(cancellation);
        return new Broker([.. Deployments.Settings.Of(sqs, "away-")], sqs.KillAsync, () => sqs.StartAgainAsync(cancellation), sqs.DisposeAsync);
    }
}
