using System.Text;
using Amazon.SQS;
using Amazon.SQS.Model;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Sqs.Tests;

/// <summary>What is given up is kept, and reading it does not lose it.</summary>
public sealed class SqsDeadLettersTests : SqsStory
{
    [Fact]
    public async Task Dead_letters_beyond_one_batch_are_read_again_and_again()
    {
        var transport = await PreparedAsync();
        var sent = Enumerable.Range(0, 25).Select(_ => Event()).ToList();
        await GiveUpAsync(transport, sent.Count, "poison", () => transport.PublishAsync(sent, Cancellation));
        for (var reading = 0; reading < 3; reading++)
            (await transport.ReadDeadLettersAsync(Group, 100, Cancellation)).Select(letter => letter.Event!.Id).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Message_that_leaves_no_room_for_a_reason_is_kept_all_the_same()
    {
        var transport = await PreparedAsync();
        var body = new string('a', Peer.Options.MessageBytesMax);
        await Peer.PublishRawAsync(Group, Encoding.UTF8.GetBytes(body), Cancellation);
        (await DrainAsync(transport)).ShouldBeEmpty();
        var letter = await LetterAsync(transport);
        letter.Event.ShouldBeNull();
        letter.Reason.ShouldStartWith("not a CloudEvent 1.0");
        Encoding.UTF8.GetString(letter.Body.Span).ShouldBe(body);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a\0b\u001f\uffff", "a b  ")]
    [InlineData("não é JSON 🎞️", "não é JSON 🎞️")]
    public async Task Reason_is_kept_as_far_as_SQS_takes_it(string reason, string kept)
    {
        var transport = await PreparedAsync();
        await GiveUpAsync(transport, 1, reason, () => transport.PublishAsync([Event()], Cancellation));
        (await LetterAsync(transport)).Reason.ShouldBe(kept);
    }

    [Fact]
    public async Task Long_reason_is_cut()
    {
        var transport = await PreparedAsync();
        await GiveUpAsync(transport, 1, new string('é', 100_000), () => transport.PublishAsync([Event(new string('a', 250_000))], Cancellation));
        (await LetterAsync(transport)).Reason.ShouldBe(new string('é', 1024));
    }

    [Fact]
    public async Task Event_that_SQS_itself_moved_is_a_dead_letter_too()
    {
        var transport = await PreparedAsync();
        var arn = (await Peer.AttributesAsync(DeadLettersName, Cancellation))[QueueAttributeName.QueueArn];
        await Peer.Outside.SetQueueAttributesAsync(new SetQueueAttributesRequest(await Peer.UrlAsync(QueueName, Cancellation), new Dictionary<string, string>
        {
            [QueueAttributeName.RedrivePolicy] = $$"""{"deadLetterTargetArn":"{{arn}}","maxReceiveCount":"1"}""",
        }), Cancellation);
        var sent = Event();
        await transport.PublishAsync([sent], Cancellation);
        var retried = new TaskCompletionSource();
        await using (new Consumption(transport, new Slots(1), (_, _) =>
        {
            retried.TrySetResult();
            return Task.FromResult<Settlement>(new Settlement.Retry(TimeSpan.Zero));
        })) await InTimeAsync(retried.Task);
        (await DrainAsync(transport)).ShouldBeEmpty();
        var letter = await LetterAsync(transport);
        letter.Event!.Id.ShouldBe(sent.Id);
        letter.Reason.ShouldBe("moved by SQS, which gives no reason (maxReceiveCount)");
        letter.At.ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    private static async Task GiveUpAsync(SqsTransport transport, int count, string reason, Func<Task> publish)
    {
        var (left, all) = (count, new TaskCompletionSource());
        await publish();
        await using var consuming = new Consumption(transport, new Slots(4), (_, _) =>
        {
            if (Interlocked.Decrement(ref left) == 0) all.TrySetResult();
            return Task.FromResult<Settlement>(new Settlement.GiveUp(reason));
        });
        await InTimeAsync(all.Task);
    }

    private static async Task<DeadLetter> LetterAsync(SqsTransport transport) => (await transport.ReadDeadLettersAsync(Group, 10, Cancellation)).Single();
}
