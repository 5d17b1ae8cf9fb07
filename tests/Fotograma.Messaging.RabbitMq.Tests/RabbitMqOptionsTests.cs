using System.Net;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Messaging.RabbitMq.Tests;

public sealed class RabbitMqOptionsTests
{
    [Fact]
    public void Defaults_are_a_broker_on_this_machine()
    {
        var options = new RabbitMqOptions();
        options.Problems().ShouldBeEmpty();
        options.Endpoints.ShouldBe([new DnsEndPoint("localhost", 5672)]);
    }

    [Theory]
    [InlineData("rabbit.example", "rabbit.example:5672")]
    [InlineData("rabbit.example:1234", "rabbit.example:1234")]
    [InlineData("one, two:1, [::1]:2", "one:5672 two:1 ::1:2")]
    public void Hosts_may_carry_ports(string hosts, string endpoints) =>
        string.Join(' ', new RabbitMqOptions { Hosts = hosts }.Endpoints.Select(endpoint => $"{endpoint.Host}:{endpoint.Port}")).ShouldBe(endpoints);

    [Theory]
    [InlineData("")]
    [InlineData("user:secret@rabbit.example")]
    [InlineData("rabbit.example/host")]
    [InlineData("amqp://rabbit.example")]
    [InlineData("a b")]
    public void Hosts_that_are_none_are_refused_and_not_repeated(string hosts)
    {
        var options = new RabbitMqOptions { Hosts = hosts, User = "u", Password = "p" };
        options.Problems().ShouldHaveSingleItem().ShouldSatisfyAllConditions(p => p.ShouldStartWith("Hosts must name the broker"), p => p.ShouldNotContain("secret"));
    }

    [Theory]
    [InlineData("localhost", null, null, null)]
    [InlineData("127.0.0.1,[::1]", null, null, null)]
    [InlineData("localhost", "guest", "guest", null)]
    [InlineData("rabbit.example", "fotograma", "a password", null)]
    [InlineData("rabbit.example", null, null, "User and Password must be given for a broker on another machine.")]
    [InlineData("localhost,rabbit.example", null, null, "User and Password must be given for a broker on another machine.")]
    [InlineData("rabbit.example", "guest", "guest", "User and Password are the broker's default account, which is not accepted on another machine; make an account of your own.")]
    [InlineData("localhost", "fotograma", null, "User and Password must be given together.")]
    public void Default_account_is_for_this_machine_only(string hosts, string? user, string? password, string? problem) =>
        new RabbitMqOptions { Hosts = hosts, User = user, Password = password }.Problems().ShouldBe(problem is null ? [] : [problem]);

    [Fact]
    public void Faults_of_tls_are_found()
    {
        new RabbitMqTlsOptions { AuthorityFile = "/nowhere/ca.pem" }.Problems().Count().ShouldBe(2);
        new RabbitMqTlsOptions { Enabled = true, CertificateFile = "/nowhere/c.pem" }.Problems().Count().ShouldBe(2);
        new RabbitMqTlsOptions { Enabled = true }.Problems().ShouldBeEmpty();
    }

    [Fact]
    public void Registration_makes_a_transport_that_connects_to_nothing_yet()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["RabbitMq:Hosts"] = "localhost:1", ["RabbitMq:Misspelt"] = "x" });
        builder.Services.AddLogging();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddRabbitMqTransport();
        builder.Services.ConfigurationFaults().ShouldHaveSingleItem().ShouldContain("Misspelt");
        using var host = builder.Build();
        host.Services.GetRequiredService<ITransport>().Capabilities.Name.ShouldBe("rabbitmq");
    }

    [Theory]
    [InlineData("30", "90", true)]
    [InlineData("30", "89", false)]
    [InlineData("2", "6", true)]
    public void A_relay_that_would_have_to_stop_before_the_broker_has_answered_is_refused(string publishSeconds, string turnSeconds, bool fits)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["RabbitMq:PublishTimeoutSeconds"] = publishSeconds, ["Messaging:RelayTurnSeconds"] = turnSeconds });

        builder.AddRabbitMqTransport();

        if (fits) builder.Services.ConfigurationFaults().ShouldBeEmpty();
        else builder.Services.ConfigurationFaults().ShouldHaveSingleItem().ShouldStartWith("Messaging: RelayTurnSeconds must be at least 90, three times RabbitMq:PublishTimeoutSeconds");
    }
}
