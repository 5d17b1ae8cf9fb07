using System.Globalization;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Sqs.Tests;

/// <summary>An event is with every group that wants it, or the publisher is told.</summary>
public sealed class SqsPublishingTests : SqsStory
{
    [Fact]
    public async Task Entries_of_a_batch_that_fail_are_sent_again_and_the_others_are_not()
    {
        Peer.Options.RetriesMax = 3;
        var transport = Peer.Connect(new PartlyFailing(Peer.Options, failures: 3, senderFault: false));
        await transport.PrepareAsync([Group], Cancellation);
        var sent = Enumerable.Range(0, 10).Select(_ => Event()).ToList();
        await transport.PublishAsync(sent, Cancellation);
        (await DrainAsync(await PreparedAsync())).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Publisher_is_told_when_entries_of_a_batch_keep_failing()
    {
        var transport = Peer.Connect(new PartlyFailing(Peer.Options, failures: 1000, senderFault: false));
        await transport.PrepareAsync([Group], Cancellation);
        var sent = Enumerable.Range(0, 3).Select(_ => Event()).ToList();
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => transport.PublishAsync(sent, Cancellation));
        refused.Message.ShouldBe($"SQS took 1 of 3 events not; the first is story.told {sent[0].Id}: InternalError: meant to fail");
        (await DrainAsync(await PreparedAsync())).ShouldBe(sent.Skip(1).Select(e => e.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Entries_that_fail_by_the_senders_fault_are_not_sent_again()
    {
        var client = new PartlyFailing(Peer.Options, failures: 1000, senderFault: true);
        var transport = Peer.Connect(client);
        await transport.PrepareAsync([Group], Cancellation);
        await Should.ThrowAsync<InvalidOperationException>(() => transport.PublishAsync([Event()], Cancellation));
        client.Failed.ShouldBe(1);
    }

    [Fact]
    public async Task Publishing_whose_answer_is_lost_loses_nothing_and_keeps_the_ids()
    {
        var connection = new Connection();
        var lost = 0;
        connection.Loses = action => action == "SendMessageBatch" && Interlocked.Increment(ref lost) == 1;
        var transport = await PreparedAsync(connection);
        var sent = Enumerable.Range(0, 10).Select(_ => Event()).ToList();
        await transport.PublishAsync(sent, Cancellation);
        var came = await DrainAsync(await PreparedAsync());
        came.Count.ShouldBe(20);
        came.Distinct().ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Event_that_is_too_large_is_refused_by_name_before_anything_is_sent()
    {
        var transport = await PreparedAsync();
        var large = Event(new string('a', 270_000));
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => transport.PublishAsync([Event(), large], Cancellation));
        refused.Message.ShouldStartWith($"The event story.told {large.Id} has 270");
        refused.Message.ShouldEndWith("SQS is given at most 258048.");
        (await DrainAsync(transport)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_that_are_too_large_together_go_in_several_batches()
    {
        var transport = await PreparedAsync();
        var sent = Enumerable.Range(0, 5).Select(_ => Event(new string('a', 120_000))).ToList();
        await transport.PublishAsync(sent, Cancellation);
        (await DrainAsync(transport)).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task What_one_teller_is_asked_goes_to_it_alone_and_does_not_need_the_queue_of_another()
    {
        var (auth, video) = (new Subscription("auth", [QueuesMade.Type]), new Subscription("video", [QueuesMade.Type]));
        var transport = await PreparedAsync();
        await transport.PrepareAsync([auth, video], Cancellation);
        await transport.PublishAsync([Asked("video")], Cancellation);
        (await WaitingAsync("auth"), await WaitingAsync("video")).ShouldBe((0, 1));
        await transport.PublishAsync([Asked(null)], Cancellation);
        (await WaitingAsync("auth"), await WaitingAsync("video")).ShouldBe((1, 2));

        await Peer.Outside.DeleteQueueAsync(await Peer.UrlAsync($"{Peer.Options.QueuePrefix}auth", Cancellation), Cancellation);
        Peer.Options.Declare = false;
        transport.IsRefusal(await Should.ThrowAsync<QueueMissingException>(() => transport.PrepareAsync([auth, video], Cancellation))).ShouldBeTrue();
        await transport.PublishAsync([Asked("video"), Event()], Cancellation);
        (await WaitingAsync("video"), await WaitingAsync(Group.Group)).ShouldBe((3, 1));
        await transport.PingAsync(Cancellation);
    }

    [Fact]
    public async Task Trace_context_is_an_attribute_of_the_message_too()
    {
        const string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var transport = await PreparedAsync();
        await transport.PublishAsync([Event() with { TraceParent = trace, TraceState = "vendor=opaque" }], Cancellation);
        var request = new ReceiveMessageRequest(await Peer.UrlAsync(QueueName, Cancellation)) { MessageAttributeNames = ["All"], WaitTimeSeconds = 5 };
        var message = (await Peer.Outside.ReceiveMessageAsync(request, Cancellation)).Messages.Single();
        message.MessageAttributes["traceparent"].StringValue.ShouldBe(trace);
        message.MessageAttributes["tracestate"].StringValue.ShouldBe("vendor=opaque");
    }

    private static CloudEvent Asked(string? teller) => CloudEvent.Of(new QueuesMade(["notify"], teller), Event().Id, "/fotograma/messaging", DateTimeOffset.UnixEpoch, null);

    private async Task<int> WaitingAsync(string group) => int.Parse(
        (await Peer.AttributesAsync(Peer.Options.QueuePrefix + group, Cancellation))[QueueAttributeName.ApproximateNumberOfMessages], CultureInfo.InvariantCulture);

    /// <summary>SQS that does not take the first entry of a batch.</summary>
    private sealed class PartlyFailing(SqsOptions options, int failures, bool senderFault)
        : AmazonSQSClient(new BasicAWSCredentials("test", "test"), new AmazonSQSConfig { ServiceURL = options.ServiceUrl, AuthenticationRegion = "us-east-1" })
    {
        public int Failed { get; private set; }

        public override async Task<SendMessageBatchResponse> SendMessageBatchAsync(SendMessageBatchRequest request, CancellationToken cancellationToken = default)
        {
            if (Failed == failures) return await base.SendMessageBatchAsync(request, cancellationToken);
            Failed++;
            var error = new BatchResultErrorEntry { Id = request.Entries[0].Id, Code = "InternalError", Message = "meant to fail", SenderFault = senderFault };
            if (request.Entries.Count == 1) return new SendMessageBatchResponse { Failed = [error] };
            var answer = await base.SendMessageBatchAsync(new SendMessageBatchRequest(request.QueueUrl, request.Entries[1..]), cancellationToken);
            answer.Failed = [error, .. answer.Failed ?? []];
            return answer;
        }
    }
}
