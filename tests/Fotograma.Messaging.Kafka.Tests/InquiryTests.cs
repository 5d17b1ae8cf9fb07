using Fotograma.Messaging.Kafka.Broker;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fotograma.Messaging.Kafka.Tests;

public sealed class InquiryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Brokers_that_are_away_are_asked_for_a_sign_of_life_once_at_a_time()
    {
        var options = new KafkaOptions { Servers = "127.0.0.1:1", RequestTimeoutSeconds = 2 };
        using var inquiry = new Inquiry(new KafkaClients(options, TimeProvider.System, NullLogger.Instance), options, "any");
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => inquiry.MustAnswerAsync(impatient.Token));
        var first = inquiry.MustAnswerAsync(CancellationToken.None);
        inquiry.MustAnswerAsync(CancellationToken.None).ShouldBeSameAs(first);
        await Should.ThrowAsync<BrokerException>(() => first.WaitAsync(TimeSpan.FromSeconds(60), Cancellation));
        var next = inquiry.MustAnswerAsync(CancellationToken.None);
        next.ShouldNotBeSameAs(first);
        await Should.ThrowAsync<BrokerException>(() => next.WaitAsync(TimeSpan.FromSeconds(60), Cancellation));
    }
}
