using System.Globalization;
using Fotograma.Peers.Processes;

namespace Fotograma.Peers.RabbitMq;

/// <summary>The folder, ports and files of a RabbitMQ node, and the name server (epmd) that Erlang wants beside it.</summary>
internal sealed class RabbitMqNode : IAsyncDisposable
{
    private const string Programs = "/usr/lib/rabbitmq/bin";
    private static readonly TimeSpan ControlMax = TimeSpan.FromSeconds(60);
    private readonly PeerFolder folder;
    private readonly string name;
    private readonly int namesPort = FreePort.Next();
    private readonly int distributionPort = FreePort.Next();
    private readonly ServerProcess names;

    private RabbitMqNode(int number)
    {
        folder = new PeerFolder("rabbitmq");
        name = $"fotograma-{Environment.ProcessId}-{number}@localhost";
        Certificates = TestCertificates.MakeIn(folder.Path);
        Directory.CreateDirectory(folder.PathOf("home"));
        File.WriteAllText(folder.PathOf("enabled_plugins"), "[rabbitmq_management].\n");
        File.WriteAllText(folder.PathOf("rabbitmq.conf"), Configuration());
        // Started by the node itself it would be a daemon and outlive everybody.
        names = ServerProcess.Start(new ServerCommand("epmd", "-port", Text(namesPort), "-address", "127.0.0.1"));
    }

    public int Port { get; } = FreePort.Next();

    public int TlsPort { get; } = FreePort.Next();

    public int ManagementPort { get; } = FreePort.Next();

    public TestCertificates Certificates { get; }

    public static async Task<RabbitMqNode> PrepareAsync(int number, CancellationToken cancellation)
    {
        if (!File.Exists($"{Programs}/rabbitmq-server")) throw new InvalidOperationException("RabbitMQ is not installed; ./dev deps test installs what the tests need.");
        var node = new RabbitMqNode(number);
        await node.names.WaitForPortAsync(node.namesPort, TimeSpan.FromSeconds(20), cancellation);
        return node;
    }

    // With its input allowed the start script becomes the node instead of watching over it, so that the process is the node itself.
    public ServerProcess Start() => ServerProcess.Start(new ServerCommand($"{Programs}/rabbitmq-server") { Environment = Variables("RABBITMQ_ALLOW_INPUT") });

    public void ForgetData() => Directory.Delete(folder.PathOf("mnesia"), recursive: true);

    // After a kill a queue of broker 3.10 on a single node now and then waits for ever for somebody to call an election. After two seconds this does.
    private const string UntilAllLead = """
        F = fun F(Turn) ->
            case [N || {N, S} <- ets:tab2list(ra_state), S =/= leader] of
                [] -> ok;
                Waiting ->
                    Turn rem 40 =:= 39 andalso [ra:trigger_election({N, node()}) || N <- Waiting],
                    timer:sleep(50),
                    F(Turn + 1)
            end
        end,
        F(0).
        """;

    // Asked in the node itself, so that no queue is touched from outside meanwhile.
    public Task WaitForLeadersAsync(CancellationToken cancellation) => ControlAsync(["eval", UntilAllLead], cancellation);

    public Task SaveQueuesAsync(CancellationToken cancellation) => ControlAsync(["eval", "[dets:sync(T) || T <- dets:all()]."], cancellation);

    public async Task ControlAsync(string[] arguments, CancellationToken cancellation)
    {
        await using var control = ServerProcess.Start(new ServerCommand($"{Programs}/rabbitmqctl", ["--node", name, .. arguments]) { Environment = Variables() });
        await control.WaitForExitAsync(ControlMax, cancellation);
        if (control.ExitCode != 0) throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)} failed.\n{control.Output}");
    }

    public async ValueTask DisposeAsync()
    {
        await names.DisposeAsync();
        folder.Dispose();
    }

    private Dictionary<string, string?> Variables(params string[] switches)
    {
        var environment = new Dictionary<string, string?>
        {
            ["HOME"] = folder.PathOf("home"),
            ["RABBITMQ_NODENAME"] = name,
            ["RABBITMQ_MNESIA_BASE"] = folder.PathOf("mnesia"),
            ["RABBITMQ_LOG_BASE"] = folder.PathOf("log"),
            ["RABBITMQ_CONFIG_FILE"] = folder.PathOf("rabbitmq.conf"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = folder.PathOf("enabled_plugins"),
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["RABBITMQ_DIST_PORT"] = Text(distributionPort),
            ["RABBITMQ_PID_FILE"] = folder.PathOf("pid"),
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-noinput -start_epmd false +S 2:2 -kernel inet_dist_use_interface {127,0,0,1}",
            ["ERL_EPMD_PORT"] = Text(namesPort),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        };
        foreach (var on in switches) environment[on] = "true";
        return environment;
    }

    private string Configuration() => string.Create(CultureInfo.InvariantCulture, $"""
        listeners.tcp.local = 127.0.0.1:{Port}
        listeners.ssl.local = 127.0.0.1:{TlsPort}
        ssl_options.cacertfile = {Certificates.AuthorityFile}
        ssl_options.certfile = {Certificates.ServerFile}
        ssl_options.keyfile = {Certificates.ServerKeyFile}
        ssl_options.verify = verify_none
        management.tcp.ip = 127.0.0.1
        management.tcp.port = {ManagementPort}
        loopback_users = none
        disk_free_limit.absolute = 50MB
        log.console = true
        log.console.level = warning
        log.file = rabbit.log
        log.file.level = info

        """);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
