using System.Reflection;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Consumers;
using Fotograma.Server.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Server.Tests.Serving;

/// <summary>The server as it is put together, before it runs.</summary>
public sealed class ServerHostTests
{
    [Fact]
    public void Consumers_of_all_modules_are_the_groups_of_the_topology()
    {
        var host = ServerHost.Compose(["--modules=all"]);
        var consumers = host.Builder.Services.Select(service => service.ImplementationInstance).OfType<Consumer>().Select(consumer => consumer.Subscription).ToList();
        consumers.Select(consumer => consumer.Group).ShouldBe(Topology.Groups.Keys, ignoreOrder: true);
        foreach (var consumer in consumers) consumer.Types.ShouldBe(Topology.Groups[consumer.Group], ignoreOrder: true);
    }

    [Fact]
    public void Every_section_that_something_reads_is_known_and_no_other()
    {
        var sections = Assemblies().SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ICheckedOptions)))
            .Select(type => (string)type.GetField("Section", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!);
        KnownSections.OfProduct.ShouldBe(sections.Distinct(), ignoreOrder: true);
    }

    [Theory]
    [InlineData("--Uplaods:FileBytesMax=1")]
    [InlineData("--Colour=red")]
    public void Section_that_does_not_exist_is_refused(string argument) =>
        ServerHost.Compose(["--modules=web", argument]).Faults.ShouldHaveSingleItem().ShouldContain("There is no such section");

    [Theory]
    [InlineData("auth")]
    [InlineData("video")]
    [InlineData("worker")]
    [InlineData("notify")]
    [InlineData("web")]
    public async Task Each_module_can_be_put_together_alone(string module)
    {
        var host = ServerHost.Compose([$"--modules={module}"]);
        host.Faults.ShouldBeEmpty();
        await using var app = host.Build();
        app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().ShouldNotBeNull();
    }

    private static Dictionary<string, Assembly>.ValueCollection Assemblies()
    {
        var found = new Dictionary<string, Assembly>();
        Follow(typeof(ServerHost).Assembly, found);
        return found.Values;
    }

    private static void Follow(Assembly assembly, Dictionary<string, Assembly> found)
    {
        if (!found.TryAdd(assembly.GetName().Name!, assembly)) return;
        foreach (var name in assembly.GetReferencedAssemblies().Where(name => name.Name!.StartsWith("Fotograma.", StringComparison.Ordinal))) Follow(Assembly.Load(name), found);
    }
}
