using Confluent.Kafka;
using Fotograma.Messaging.Kafka.Broker;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fotograma.Messaging.Kafka.Tests;

public sealed class KafkaOptionsTests
{
    [Fact]
    public void Defaults_are_right() => new KafkaOptions().Problems().ShouldBeEmpty();

    [Fact]
    public void Every_fault_is_named()
    {
        var options = new KafkaOptions
        {
            Servers = " ", TopicPrefix = "a b", GroupPrefix = "ç", Partitions = 0, User = "me", CertificateFile = "/nowhere/c.pem", FetchWaitMilliseconds = 4,
        };
        options.Problems().Select(problem => problem.Split(' ')[0]).ShouldBe(
            ["Servers", "TopicPrefix", "GroupPrefix", "Partitions", "FetchWaitMilliseconds", "User", "CertificateFile", "CaFile,", "CertificateFile"]);
    }

    [Fact]
    public void Password_is_not_sent_in_the_clear()
    {
        var options = new KafkaOptions { User = "me", Password = "secret", Mechanism = KafkaMechanism.Plain };
        options.Problems().ShouldHaveSingleItem().ShouldStartWith("Mechanism Plain would send the password in the clear");
        options.Security = KafkaSecurity.Tls;
        options.Problems().ShouldBeEmpty();
        options.Problems().ShouldAllBe(problem => !problem.Contains("secret"));
    }

    [Theory]
    [InlineData("None", null, SecurityProtocol.Plaintext)]
    [InlineData("None", "me", SecurityProtocol.SaslPlaintext)]
    [InlineData("Tls", null, SecurityProtocol.Ssl)]
    [InlineData("Tls", "me", SecurityProtocol.SaslSsl)]
    public void Protection_is_what_was_set(string security, string? user, SecurityProtocol expected)
    {
        var options = new KafkaOptions { Security = Enum.Parse<KafkaSecurity>(security), User = user, Password = user, CaFile = "/ca.pem", CertificateFile = "/c.pem", KeyFile = "/k.pem", KeyPassword = "k" };
        var config = Clients(options).ProducerConfig();
        config.SecurityProtocol.ShouldBe(expected);
        config.SaslUsername.ShouldBe(user);
        config.SslCaLocation.ShouldBe(security == "Tls" ? "/ca.pem" : null);
        config.SslKeyPassword.ShouldBe(security == "Tls" ? "k" : null);
        config.SslEndpointIdentificationAlgorithm.ShouldBe(security == "Tls" ? SslEndpointIdentificationAlgorithm.Https : null);
    }

    [Theory]
    [InlineData("Plain", SaslMechanism.Plain)]
    [InlineData("ScramSha256", SaslMechanism.ScramSha256)]
    [InlineData("ScramSha512", SaslMechanism.ScramSha512)]
    public void User_is_proved_as_was_set(string mechanism, SaslMechanism expected) =>
        Clients(new KafkaOptions { User = "me", Password = "secret", Mechanism = Enum.Parse<KafkaMechanism>(mechanism) }).MemberConfig("group").SaslMechanism.ShouldBe(expected);

    [Fact]
    public void Producer_waits_for_all_copies_and_writes_no_event_twice()
    {
        var config = Clients(new KafkaOptions()).ProducerConfig();
        (config.Acks, config.EnableIdempotence, config.MessageTimeoutMs).ShouldBe((Acks.All, true, 15_000));
    }

    [Fact]
    public void Member_commits_only_what_was_stored_and_passes_nothing_over()
    {
        var config = Clients(new KafkaOptions { SessionTimeoutSeconds = 400, InstanceId = "worker-{machine}" }).MemberConfig("group");
        (config.EnableAutoOffsetStore, config.AutoOffsetReset).ShouldBe((false, AutoOffsetReset.Earliest));
        config.PartitionAssignmentStrategy.ShouldBe(PartitionAssignmentStrategy.Range);
        // Never below the session timeout, which the client would refuse.
        (config.SessionTimeoutMs, config.MaxPollIntervalMs, config.HeartbeatIntervalMs).ShouldBe((400_000, 400_000, 3000));
        config.GroupInstanceId.ShouldBe($"worker-{Environment.MachineName}");
        Clients(new KafkaOptions()).MemberConfig("group").GroupInstanceId.ShouldBeNull();
    }

    [Fact]
    public void Registering_gives_the_transport_and_checks_the_section()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection([new("Kafka:Servers", "broker:1"), new("Kafka:Partitions", "0"), new("Kafka:Declared", "Check")]);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddKafkaTransport();
        Kernel.Hosting.CheckedOptions.ConfigurationFaults(builder.Services).Count.ShouldBe(2);
        using var host = builder.Build();
        host.Services.GetRequiredService<ITransport>().Capabilities.Name.ShouldBe("kafka");
        host.Services.GetRequiredService<KafkaOptions>().Servers.ShouldBe("broker:1");
    }

    [Theory]
    [InlineData("worker", "fotograma.worker.retry")]
    [InlineData("notify", "fotograma.notify.retry")]
    public void Names_are_the_types_and_the_groups(string group, string retries)
    {
        var names = new TopicNames(new KafkaOptions());
        names.Of("video.uploaded").ShouldBe("video.uploaded");
        names.Retries(group).ShouldBe(retries);
        names.DeadLetters("worker").ShouldBe("fotograma.worker.dead");
        Should.Throw<ArgumentException>(() => names.Of("a/b"));
        Should.Throw<ArgumentException>(() => names.Group(new string('a', 240)));
    }

    private static KafkaClients Clients(KafkaOptions options) => new(options, TimeProvider.System, NullLogger.Instance);
}
