using Fotograma.Fleeting.Signals;
using StackExchange.Redis;

namespace Fotograma.Fleeting.Redis;

/// <summary>Signals by Redis pub/sub, on one channel. The connection is asked for a sign of life all the time: a listener whose server is gone hears nothing, and no error either.</summary>
internal sealed class RedisSignals(RedisConnection connection, TimeProvider clock) : ISignalDriver
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(2);

    public string Name => "redis";

    private RedisChannel Channel => RedisChannel.Literal(connection.Prefix + "signals");

    public async Task PublishAsync(string text, CancellationToken cancellation)
    {
        var subscriber = await connection.SubscriberAsync(cancellation);
        await subscriber.PublishAsync(Channel, text).WaitAsync(cancellation);
    }

    public async Task ListenAsync(Action<string> heard, Action listening, CancellationToken cancellation)
    {
        var subscriber = await connection.SubscriberAsync(cancellation);
        var queue = await subscriber.SubscribeAsync(Channel).WaitAsync(AnswerMax, clock, cancellation);
        try
        {
            // One at a time, in the order of arrival.
            queue.OnMessage(message => heard(message.Message.ToString()));
            await LookAsync(subscriber, cancellation);
            listening();
            using var timer = new PeriodicTimer(LookInterval, clock);
            while (await timer.WaitForNextTickAsync(cancellation)) await LookAsync(subscriber, cancellation);
        }
        finally
        {
            await queue.UnsubscribeAsync(CommandFlags.FireAndForget);
        }
    }

    private async Task LookAsync(ISubscriber subscriber, CancellationToken cancellation)
    {
        await subscriber.PingAsync().WaitAsync(AnswerMax, clock, cancellation);
        if (!subscriber.IsConnected(Channel)) throw new IOException("The channel of signals is not subscribed.");
    }
}
