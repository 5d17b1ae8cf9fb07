using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Fotograma.Peers.Processes;

namespace Fotograma.Messaging.RabbitMq.Tests;

/// <summary>Holds the commands of <c>docs/drivers.md</c> to what the driver makes itself.</summary>
public sealed class RabbitMqByHandTests
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

    private static string DocumentedCommands()
    {
        var text = File.ReadAllText(Path.Combine(Root(), "docs", "drivers.md"));
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
