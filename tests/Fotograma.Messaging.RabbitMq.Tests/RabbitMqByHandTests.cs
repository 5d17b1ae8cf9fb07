using System.Text.RegularExpressions;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Fotograma.Peers.Processes;

namespace Fotograma.Messaging.RabbitMq.Tests;

/// <summary>Holds the commands of <c>docs/drivers.md</c> to what the driver makes itself.</summary>
public sealed partial class RabbitMqByHandTests
{
    private static readonly IReadOnlyList<Subscription> All = [.. Topology.Groups.Select(group => new Subscription(group.Key, group.Value))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_documented_commands_make_is_what_the_driver_looks_for_and_would_make()
    {
        await using var broker = await Broker.SharedAsync(Cancellation);
        using var folder = new PeerFolder("commands");
        await broker.Node.SaveAdministrationToolAsync(folder.PathOf("tool.py"), Cancellation);
        var tool = $"rabbitmqadmin() {{ python3 {folder.PathOf("tool.py")} --host=127.0.0.1 --port={broker.Node.ManagementPort} --vhost={broker.VirtualHost} \"$@\"; }}\n";
        await using var shell = ServerProcess.Start(new ServerCommand("bash", "-euc", tool + DocumentedCommands()));
        await shell.WaitForExitAsync(TimeSpan.FromSeconds(120), Cancellation);
        shell.ExitCode.ShouldBe(0, shell.Output);
        await broker.Connect(options => options.Declare = false).Transport.PrepareAsync(All, Cancellation);
        // With other arguments than the driver's, declaring would be refused.
        await broker.Connect().Transport.PrepareAsync(All, Cancellation);
        await broker.Connect(options => options.Declare = false).Transport.PublishAsync([Events.New("video.uploaded"), Events.New("video.processed")], Cancellation);
    }

    [Fact]
    public async Task Binding_that_somebody_forgot_is_made_good_so_that_no_stranger_is_the_only_one_who_hears()
    {
        await using var broker = await Broker.SharedAsync(Cancellation);
        await broker.Connect().Transport.PrepareAsync([Events.Listeners, new Subscription("strangers", [Events.Type])], Cancellation);
        await using (var channel = await broker.RawAsync(Cancellation)) await channel.QueueUnbindAsync("fotograma.listeners", "fotograma.events", Events.Type, cancellationToken: Cancellation);
        var client = broker.Connect(options => options.Declare = false);
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        var sent = Events.New();
        await client.Transport.PublishAsync([sent], Cancellation);
        await using var listener = new Listener(client.Transport, Events.Listeners);
        await listener.UntilAllAsync([sent]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Documented_rights_are_enough_for_all_that_is_done(bool declares)
    {
        await using var broker = await Broker.SharedAsync(Cancellation);
        if (!declares) await broker.Connect().Transport.PrepareAsync(All, Cancellation);
        var rights = DocumentedRights().Groups;
        await broker.Node.AddUserAsync($"user-{broker.VirtualHost}", "a password", broker.VirtualHost, rights[declares ? "configure" : "none"].Value, rights["write"].Value, rights["read"].Value, Cancellation);
        var transport = broker.Connect(options => (options.User, options.Password, options.Declare) = ($"user-{broker.VirtualHost}", "a password", declares)).Transport;
        await transport.PrepareAsync(All, Cancellation);
        var group = All.Single(one => one.Group == "notify");
        var listener = new Listener(transport, group, (delivery, _) => Task.FromResult<Settlement>(
            delivery.Attempt == 1 ? new Settlement.Retry(TimeSpan.FromMilliseconds(10)) : new Settlement.GiveUp("enough")));
        await transport.PublishAsync([Events.New("video.failed"), Events.New("video.created")], Cancellation);
        await listener.NextAsync();
        await listener.NextAsync();
        await listener.DisposeAsync();
        (await transport.ReadDeadLettersAsync(group, 10, Cancellation)).ShouldHaveSingleItem().Reason.ShouldBe("enough");
        (await transport.RedriveAsync(group, null, Cancellation)).ShouldBe(new Redriven(1, 0));
    }

    // The document gives them in the order read, write, configure, and configure for one that declares nothing.
    private static Match DocumentedRights() => Rights().Match(Documented()) is { Success: true } found ? found : throw new InvalidOperationException("docs/drivers.md names no rights.");

    [GeneratedRegex(@"read `(?<read>[^`]+)`, write `(?<write>[^`]+)`, and for `RabbitMq:Declare` configure `(?<configure>[^`]+)`; without it configure `(?<none>[^`]+)`")]
    private static partial Regex Rights();

    private static string Documented() => File.ReadAllText(Path.Combine(Root(), "docs", "drivers.md"));

    private static string DocumentedCommands()
    {
        var text = Documented();
        var start = text.IndexOf("```sh\nrabbitmqadmin", StringComparison.Ordinal) + "```sh\n".Length;
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static string Root()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Fotograma.slnx"))) return folder;
        }
        throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
