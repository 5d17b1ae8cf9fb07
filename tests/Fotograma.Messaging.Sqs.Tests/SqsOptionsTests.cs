using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Messaging.Sqs.Tests;

public sealed class SqsOptionsTests
{
    public static TheoryData<SqsOptions, string> Faulty => new()
    {
        { new SqsOptions { ServiceUrl = "ftp://sqs" }, "ServiceUrl must be an http or https address." },
        { new SqsOptions { AccessKey = "key" }, "AccessKey and SecretKey go together: set both or neither." },
        { new SqsOptions { SecretKey = "key" }, "AccessKey and SecretKey go together: set both or neither." },
        { new SqsOptions { SessionToken = "token" }, "SessionToken goes together with AccessKey and SecretKey." },
        { new SqsOptions { Encryption = SqsEncryption.Kms }, "KmsKeyId must name a key when Encryption is Kms." },
        { new SqsOptions { QueuePrefix = "a b" }, "QueuePrefix must be at most 40 letters, digits, hyphens and underscores." },
        { new SqsOptions { DeadLetterSuffix = "" }, "DeadLetterSuffix must be 1 to 40 letters, digits, hyphens and underscores." },
        { new SqsOptions { Queues = new SqsQueueNames { Notify = "events.fifo" } }, "Queues must be standard queues; events.fifo is a FIFO queue." },
    };

    [Fact]
    public void Defaults_are_right() => new SqsOptions().Problems().ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Faulty), DisableDiscoveryEnumeration = true)]
    public void What_does_not_go_together_is_said(SqsOptions options, string sentence) => options.Problems().ShouldBe([sentence]);

    [Fact]
    public void Registered_transport_is_SQS_as_configured()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Sqs:ServiceUrl"] = "http://127.0.0.1:1", ["Sqs:Queues:Worker"] = "MSVideo-Queue" });
        builder.Services.AddSingleton(TimeProvider.System).AddLogging();
        builder.AddSqsTransport();
        using var host = builder.Build();
        host.Services.GetRequiredService<ITransport>().Capabilities.Name.ShouldBe("sqs");
        host.Services.GetRequiredService<SqsOptions>().Queues.Worker.ShouldBe("MSVideo-Queue");
        host.Services.GetRequiredService<MessagingOptions>().ShouldNotBeNull();
    }
}
