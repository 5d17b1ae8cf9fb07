using System.Collections.Concurrent;
using Amazon.SQS.Model;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Sqs.Tests;

/// <summary>What is asked of SQS when events are wanted.</summary>
public sealed class SqsReceivingTests : SqsStory
{
    [Fact]
    public async Task Request_is_held_open_and_asks_for_no_more_than_there_are_free_slots()
    {
        var connection = new Connection();
        var transport = await PreparedAsync(connection);
        var wanted = Wanted(connection);
        var (begun, release) = (new SemaphoreSlim(0), new TaskCompletionSource());
        await using var consuming = new Consumption(transport, new Slots(3), async (_, _) =>
        {
            begun.Release();
            await release.Task;
            return new Settlement.Done();
        });
        for (var inHand = 0; inHand < 2; inHand++)
        {
            wanted.Clear();
            await transport.PublishAsync([Event()], Cancellation);
            (await begun.WaitAsync(TimeSpan.FromSeconds(60), Cancellation)).ShouldBeTrue();
            await InTimeAsync(UntilAskedAsync(wanted, least: 1, most: 3 - inHand - 1));
            wanted.ShouldAllBe(asked => asked.Most >= 3 - inHand - 1 && asked.Most <= 3 - inHand);
            wanted.ShouldAllBe(asked => asked.WaitSeconds == Peer.Options.WaitSeconds);
        }
        Peer.Options.WaitSeconds.ShouldBeGreaterThan(0);
        wanted.Clear();
        await transport.PublishAsync([Event()], Cancellation);
        (await begun.WaitAsync(TimeSpan.FromSeconds(60), Cancellation)).ShouldBeTrue();
        // Nothing is free: the request that brought the third was the last, whatever waits meanwhile.
        await transport.PublishAsync([Event()], Cancellation);
        (await Peer.Outside.GetQueueAttributesAsync(new GetQueueAttributesRequest((await Peer.Outside.GetQueueUrlAsync(QueueName, Cancellation)).QueueUrl, ["All"]), Cancellation))
            .ApproximateNumberOfMessages.ShouldBe(1);
        wanted.ShouldBeEmpty();
        release.SetResult();
        (await begun.WaitAsync(TimeSpan.FromSeconds(60), Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public async Task No_more_are_asked_for_at_once_than_SQS_gives()
    {
        var connection = new Connection();
        var transport = await PreparedAsync(connection);
        var wanted = Wanted(connection);
        await using var consuming = new Consumption(transport, new Slots(100), (_, _) => Task.FromResult<Settlement>(new Settlement.Done()));
        await InTimeAsync(UntilAskedAsync(wanted, least: 10));
        wanted.ShouldAllBe(asked => asked.Most == 10);
    }

    private static ConcurrentQueue<(int Most, int WaitSeconds)> Wanted(Connection connection)
    {
        var wanted = new ConcurrentQueue<(int, int)>();
        connection.AskedFor += (action, what) =>
        {
            if (action == "ReceiveMessage") wanted.Enqueue((what.GetProperty("MaxNumberOfMessages").GetInt32(), what.GetProperty("WaitTimeSeconds").GetInt32()));
        };
        return wanted;
    }

    private static async Task UntilAskedAsync(ConcurrentQueue<(int Most, int WaitSeconds)> wanted, int least, int most = int.MaxValue)
    {
        while (!wanted.Any(asked => asked.Most >= least && asked.Most <= most)) await Task.Delay(10, Cancellation);
    }
}
