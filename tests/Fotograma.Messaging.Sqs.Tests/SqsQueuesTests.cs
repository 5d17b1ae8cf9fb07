using System.Text.Json;
using Amazon.SQS;
using Amazon.SQS.Model;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Sqs.Tests;

/// <summary>Queues are made as they are wanted, or looked for.</summary>
public sealed class SqsQueuesTests : SqsStory
{
    [Fact]
    public async Task Queue_is_made_with_a_dead_letter_queue_that_SQS_fills_as_a_last_resort_only()
    {
        await PreparedAsync();
        var made = await Peer.AttributesAsync(QueueName, Cancellation);
        var deadLetters = await Peer.AttributesAsync(DeadLettersName, Cancellation);
        using var policy = JsonDocument.Parse(made[QueueAttributeName.RedrivePolicy]);
        policy.RootElement.GetProperty("deadLetterTargetArn").GetString().ShouldBe(deadLetters[QueueAttributeName.QueueArn]);
        policy.RootElement.GetProperty("maxReceiveCount").ToString().ShouldBe("1000");
        made[QueueAttributeName.MessageRetentionPeriod].ShouldBe("1209600");
        deadLetters[QueueAttributeName.MessageRetentionPeriod].ShouldBe("1209600");
        made[QueueAttributeName.MaximumMessageSize].ShouldBe("262144");
    }

    [Theory]
    [InlineData(SqsEncryption.Managed, null, "true")]
    [InlineData(SqsEncryption.Kms, "alias/fotograma", null)]
    [InlineData(SqsEncryption.None, null, "false")]
    public async Task New_queues_are_asked_for_with_the_encryption_that_is_set(SqsEncryption encryption, string? key, string? managed)
    {
        (Peer.Options.Encryption, Peer.Options.KmsKeyId) = (encryption, key);
        var client = new Witness(Peer.Options);
        await Peer.Connect(client).PrepareAsync([Group], Cancellation);
        client.Made.Select(made => made.QueueName).ShouldBe([DeadLettersName, QueueName]);
        foreach (var made in client.Made)
        {
            made.Attributes.GetValueOrDefault(QueueAttributeName.SqsManagedSseEnabled).ShouldBe(managed);
            made.Attributes.GetValueOrDefault(QueueAttributeName.KmsMasterKeyId).ShouldBe(key);
        }
    }

    [Fact]
    public async Task Queues_that_are_missing_are_named_where_none_may_be_made()
    {
        Peer.Options.Declare = false;
        var transport = Peer.Connect(new Connection());
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => transport.PrepareAsync([Group, new Subscription("others", [Type])], Cancellation));
        refused.Message.ShouldBe($"SQS has no queue {QueueName} and no queue {Peer.Options.QueuePrefix}others. Sqs:Declare forbids to make any.");
        transport.IsRefusal(refused).ShouldBeTrue();
        (await transport.LookAsync([Group], Cancellation)).ShouldSatisfyAllConditions(
            look => look.Missing.ShouldBe([$"queue {QueueName}"]), look => look.MadeWhenPrepared.ShouldBeFalse());
        ((await Peer.Outside.ListQueuesAsync(Peer.Options.QueuePrefix, Cancellation)).QueueUrls ?? []).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("AccessDenied", true)]
    [InlineData("AccessDeniedException", true)]
    [InlineData("QueueDeletedRecently", false)]
    [InlineData("ServiceUnavailable", false)]
    public void What_may_pass_by_itself_is_no_refusal(string code, bool refusal)
    {
        var transport = Peer.Connect(new Connection());
        transport.IsRefusal(new AmazonSQSException("no") { ErrorCode = code }).ShouldBe(refusal);
    }

    [Fact]
    public async Task Missing_dead_letter_queue_is_named_where_none_may_be_made()
    {
        Peer.Options.Declare = false;
        await Peer.Outside.CreateQueueAsync(QueueName, Cancellation);
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => PreparedAsync());
        refused.Message.ShouldContain($"/{QueueName} (a redrive policy names it)");
    }

    [Fact]
    public async Task Queue_that_is_named_by_its_URL_is_not_made()
    {
        Peer.Options.Queues.Worker = $"{Peer.Options.ServiceUrl}/000000000000/{Peer.Options.QueuePrefix}elsewhere";
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => Peer.Connect(new Connection()).PrepareAsync([new Subscription("worker", [Type])], Cancellation));
        refused.Message.ShouldBe($"SQS has no queue {Peer.Options.Queues.Worker}. It is made when queues are prepared, unless it is named by a URL or by another queue's redrive policy.");
    }

    [Fact]
    public async Task Queues_that_are_there_are_used_where_none_may_be_made()
    {
        await PreparedAsync();
        Peer.Options.Declare = false;
        var transport = await PreparedAsync();
        var sent = Event();
        await transport.PublishAsync([sent], Cancellation);
        (await DrainAsync(transport)).ShouldBe([sent.Id]);
    }

    [Fact]
    public async Task Queue_of_others_is_given_a_dead_letter_queue_and_stays_as_it_is_otherwise()
    {
        await Peer.Outside.CreateQueueAsync(new CreateQueueRequest(QueueName) { Attributes = new() { [QueueAttributeName.MessageRetentionPeriod] = "3600" } }, Cancellation);
        await PreparedAsync();
        var attributes = await Peer.AttributesAsync(QueueName, Cancellation);
        attributes[QueueAttributeName.MessageRetentionPeriod].ShouldBe("3600");
        attributes[QueueAttributeName.RedrivePolicy].ShouldContain(DeadLettersName);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Queue_can_be_called_otherwise_and_bring_its_own_dead_letter_queue(bool byUrl)
    {
        var worker = new Subscription("worker", [Type]);
        var (name, deadLetters) = (Peer.Options.QueuePrefix + "MSVideo-Queue", Peer.Options.QueuePrefix + "MSVideo-DLQueue");
        await Peer.Outside.CreateQueueAsync(deadLetters, Cancellation);
        var arn = (await Peer.AttributesAsync(deadLetters, Cancellation))[QueueAttributeName.QueueArn];
        var url = (await Peer.Outside.CreateQueueAsync(new CreateQueueRequest(name)
        {
            Attributes = new() { [QueueAttributeName.RedrivePolicy] = $$"""{"deadLetterTargetArn":"{{arn}}","maxReceiveCount":"50"}""" },
        }, Cancellation)).QueueUrl;
        Peer.Options.Declare = false;
        Peer.Options.Queues.Worker = byUrl ? url : name;
        var transport = Peer.Connect(new Connection());
        await transport.PrepareAsync([worker], Cancellation);
        await transport.PublishAsync([Event()], Cancellation);
        using var stopping = new CancellationTokenSource();
        var handled = new TaskCompletionSource();
        var consuming = transport.ConsumeAsync(worker, new Slots(1), (_, _) =>
        {
            handled.TrySetResult();
            return Task.FromResult<Settlement>(new Settlement.GiveUp("poison"));
        }, stopping.Token);
        await InTimeAsync(handled.Task);
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => InTimeAsync(consuming));
        (await transport.ReadDeadLettersAsync(worker, 10, Cancellation)).Single().Reason.ShouldBe("poison");
        (await Peer.AttributesAsync(deadLetters, Cancellation))[QueueAttributeName.ApproximateNumberOfMessages].ShouldBe("1");
    }

    [Fact]
    public void Every_group_of_the_product_can_be_given_a_queue_of_another_name()
    {
        var names = new SqsQueueNames { Auth = "auth-queue", Video = "video-queue", Worker = "worker-queue", Notify = "notify-queue" };
        foreach (var group in Topology.Groups.Keys) names.Of(group).ShouldBe($"{group}-queue");
    }

    [Fact]
    public async Task Queues_that_vanished_are_made_again_when_they_are_prepared_and_not_in_passing()
    {
        var transport = await PreparedAsync();
        foreach (var name in new[] { QueueName, DeadLettersName }) await Peer.Outside.DeleteQueueAsync(await Peer.UrlAsync(name, Cancellation), Cancellation);
        (await Should.ThrowAsync<InvalidOperationException>(() => transport.PingAsync(Cancellation))).Message.ShouldStartWith("SQS cannot be used: SQS has no queue ");
        var sent = Event();
        await Should.ThrowAsync<QueueDoesNotExistException>(() => transport.PublishAsync([sent], Cancellation));
        (await Should.ThrowAsync<InvalidOperationException>(() => transport.PublishAsync([sent], Cancellation))).Message.ShouldStartWith("SQS has no queue");
        (await transport.LookAsync([Group], Cancellation)).Gone.ShouldBe([Group.Group]);
        await transport.PrepareAsync([Group], Cancellation);
        await transport.PublishAsync([sent], Cancellation);
        (await DrainAsync(transport)).ShouldBe([sent.Id]);
    }

    [Fact]
    public async Task Queue_that_vanished_between_a_look_and_the_preparation_is_not_made_before_somebody_looked_again()
    {
        var transport = await PreparedAsync();
        (await transport.LookAsync([Group], Cancellation)).Gone.ShouldBeEmpty();
        await Peer.Outside.DeleteQueueAsync(await Peer.UrlAsync(QueueName, Cancellation), Cancellation);
        var vanished = await Should.ThrowAsync<InvalidOperationException>(() => transport.PrepareAsync([Group], Cancellation));
        vanished.Message.ShouldBe($"The queue {QueueName} vanished from SQS while it was prepared.");
        transport.IsRefusal(vanished).ShouldBeFalse();
        (await transport.LookAsync([Group], Cancellation)).Gone.ShouldBe([Group.Group]);
        await transport.PrepareAsync([Group], Cancellation);
        (await transport.LookAsync([Group], Cancellation)).Gone.ShouldBeEmpty();
    }

    [Fact]
    public async Task Dead_letter_queue_that_vanished_alone_is_made_again_and_nothing_is_taken_for_lost()
    {
        await PreparedAsync();
        await Peer.Outside.DeleteQueueAsync(await Peer.UrlAsync(DeadLettersName, Cancellation), Cancellation);
        var other = Peer.Connect(new Connection());
        var look = await other.LookAsync([Group], Cancellation);
        look.Missing.ShouldHaveSingleItem().ShouldEndWith(DeadLettersName);
        look.Gone.ShouldBeEmpty();
        await other.PrepareAsync([Group], Cancellation);
        (await other.LookAsync([Group], Cancellation)).Missing.ShouldBeEmpty();
    }

    /// <summary>SQS whose queues show how they were asked for.</summary>
    private sealed class Witness(SqsOptions options)
        : AmazonSQSClient(options.AccessKey, options.SecretKey, new AmazonSQSConfig { ServiceURL = options.ServiceUrl, AuthenticationRegion = "us-east-1" })
    {
        public List<CreateQueueRequest> Made { get; } = [];

        public override Task<CreateQueueResponse> CreateQueueAsync(CreateQueueRequest request, CancellationToken cancellationToken = default)
        {
            Made.Add(request);
            // The key itself is not here.
            var plain = request.Attributes.Where(attribute => !attribute.Key.StartsWith("Kms", StringComparison.Ordinal)).ToDictionary();
            return base.CreateQueueAsync(new CreateQueueRequest(request.QueueName) { Attributes = plain }, cancellationToken);
        }
    }
}
