using Confluent.Kafka;

namespace Fotograma.Faults.Deployments;

/// <summary>A foreigner on Kafka brokers: publishes every event that comes again, as it came.</summary>
internal sealed class KafkaTamper : IAsyncDisposable
{
    private const string Mark = "tampered";
    private const int Times = 9;
    private static readonly string[] Topics = ["video.uploaded", "video.processed", "video.failed", "user.changed"];
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(30);
    private readonly TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource end = new();
    private readonly IConsumer<byte[], byte[]> consumer;
    private readonly IProducer<byte[], byte[]> producer;
    private readonly Task listening;
    private int repeated;

    private KafkaTamper(string servers)
    {
        var group = $"foreigner-{Path.GetRandomFileName()}";
        consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = servers, GroupId = group, AutoOffsetReset = AutoOffsetReset.Latest, EnableAutoCommit = false })
            .SetPartitionsAssignedHandler((_, _) => began.TrySetResult()).Build();
        producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = servers }).Build();
        listening = Task.Run(Listen);
    }

    /// <summary>Events that were published once more.</summary>
    public int Repeated => Volatile.Read(ref repeated);

    public static async Task<KafkaTamper> EchoAsync(string servers, CancellationToken cancellation)
    {
        var tamper = new KafkaTamper(servers);
        await (await Task.WhenAny(tamper.began.Task, tamper.listening).WaitAsync(StartMax, cancellation));
        return tamper;
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        consumer.Close();
        consumer.Dispose();
        producer.Flush(StartMax);
        producer.Dispose();
        end.Dispose();
    }

    private void Listen()
    {
        consumer.Subscribe(Topics);
        while (!end.IsCancellationRequested)
        {
            if (consumer.Consume(LookInterval) is not { Message: { } message } came || message.Headers.Any(header => header.Key == Mark)) continue;
            var headers = new Headers();
            foreach (var header in message.Headers) headers.Add(header.Key, header.GetValueBytes());
            headers.Add(Mark, []);
            for (var turn = 0; turn < Times; turn++) producer.Produce(came.Topic, new Message<byte[], byte[]> { Key = message.Key, Value = message.Value, Headers = headers });
            Interlocked.Add(ref repeated, Times);
        }
    }
}
