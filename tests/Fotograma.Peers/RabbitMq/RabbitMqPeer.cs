using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Fotograma.Peers.Faults;
using Fotograma.Peers.Processes;

namespace Fotograma.Peers.RabbitMq;

/// <summary>
/// A real RabbitMQ node on loopback ports. Tests that leave it alone share one and take a virtual host each; tests that stop, kill or wipe it start their own.
/// </summary>
public sealed class RabbitMqPeer : IAsyncDisposable
{
    /// <summary>The account that may do everything.</summary>
    public const string User = "guest";

    /// <summary>Its password.</summary>
    public const string Password = "guest";

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(90);
    private static readonly Lazy<Task<RabbitMqPeer>> Shared = new(() => StartAsync(CancellationToken.None));
    private static int count;

    // Broker 3.10 loses its dead-lettering for good when a queue is deleted while its leader is being elected. Virtual hosts are left alone for a while before they go,
    // and those that a restart has woken up stay.
    private const int RetiredMax = 4;
    private readonly Queue<string> retired = new();
    private readonly RabbitMqNode node;
    private readonly HttpClient management;

    // Clients are let in to a restarted node when its queues have their leaders: see the node.
    private readonly FaultProxy door;
    private readonly FaultProxy tlsDoor;
    private ServerProcess process;

    private RabbitMqPeer(RabbitMqNode node, ServerProcess process)
    {
        this.node = node;
        this.process = process;
        (door, tlsDoor) = (FaultProxy.To(node.Port), FaultProxy.To(node.TlsPort));
        management = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{node.ManagementPort}/api/"), Timeout = TimeSpan.FromSeconds(30) };
        management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));
    }

    /// <summary>Where clients connect.</summary>
    public int Port => door.Port;

    /// <summary>Where clients connect by TLS; the certificate is for <c>localhost</c>.</summary>
    public int TlsPort => tlsDoor.Port;

    /// <summary>Where the management API is.</summary>
    public int ManagementPort => node.ManagementPort;

    /// <summary>The authority that signed the broker's certificate (PEM).</summary>
    public string AuthorityFile => node.Certificates.AuthorityFile;

    /// <summary>What the node said.</summary>
    public string Output => process.Output;

    /// <summary>The node that all tests of this process share. It ends with the process.</summary>
    public static Task<RabbitMqPeer> SharedAsync() => Shared.Value;

    /// <summary>Starts a node.</summary>
    public static async Task<RabbitMqPeer> StartAsync(CancellationToken cancellation)
    {
        var node = await RabbitMqNode.PrepareAsync(Interlocked.Increment(ref count), cancellation);
        var peer = new RabbitMqPeer(node, node.Start());
        await peer.WaitUntilReadyAsync(cancellation);
        return peer;
    }

    /// <summary>Asks the node to end, as an administrator would.</summary>
    public Task StopAsync() => process.StopAsync(TimeSpan.FromSeconds(60));

    /// <summary>Kills the node (SIGKILL).</summary>
    public Task KillAsync() => process.KillAsync();

    /// <summary>
    /// Broker 3.10 writes down which queues there are some time after it made them; a kill before that loses queues with all their messages, confirmed or not. A test that
    /// kills a node whose queues it has just made calls this in between, so that they are as old as queues usually are.
    /// </summary>
    public Task SaveQueuesAsync(CancellationToken cancellation) => node.SaveQueuesAsync(cancellation);

    /// <summary>Stops the node in the middle of whatever it does, its connections open (SIGSTOP).</summary>
    public void Freeze() => process.Freeze();

    /// <summary>Lets it go on.</summary>
    public void Thaw() => process.Thaw();

    /// <summary>Starts a node that was stopped or killed, on the same ports and with the same data.</summary>
    public async Task StartAgainAsync(CancellationToken cancellation)
    {
        lock (retired) retired.Clear();
        (door.Fault, tlsDoor.Fault) = (new Fault.Refuse(), new Fault.Refuse());
        await process.DisposeAsync();
        process = node.Start();
        await WaitUntilReadyAsync(cancellation);
        await node.WaitForLeadersAsync(cancellation);
        (door.Fault, tlsDoor.Fault) = (Fault.None, Fault.None);
    }

    /// <summary>Kills the node, forgets all its data and starts it again: exchanges, queues, messages, accounts are gone.</summary>
    public async Task WipeAsync(CancellationToken cancellation)
    {
        await process.KillAsync();
        node.ForgetData();
        await StartAgainAsync(cancellation);
    }

    /// <summary>Makes a virtual host in which a test is alone.</summary>
    public async Task<string> AddVirtualHostAsync(CancellationToken cancellation)
    {
        var name = $"test-{Interlocked.Increment(ref count).ToString(CultureInfo.InvariantCulture)}";
        await AddVirtualHostAsync(name, cancellation);
        return name;
    }

    /// <summary>Makes a virtual host by name.</summary>
    public async Task AddVirtualHostAsync(string name, CancellationToken cancellation)
    {
        await PutAsync($"vhosts/{Uri.EscapeDataString(name)}", new { }, cancellation);
        await PutAsync($"permissions/{Uri.EscapeDataString(name)}/{User}", new { configure = ".*", write = ".*", read = ".*" }, cancellation);
    }

    /// <summary>Says that a virtual host is not needed any more; it is removed with everything in it some time later.</summary>
    public async Task RetireVirtualHostAsync(string name)
    {
        string oldest;
        lock (retired)
        {
            retired.Enqueue(name);
            if (retired.Count <= RetiredMax) return;
            oldest = retired.Dequeue();
        }
        using var answer = await management.DeleteAsync($"vhosts/{Uri.EscapeDataString(oldest)}");
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Adds an account that may use what is in a virtual host but make nothing.</summary>
    public Task AddUserAsync(string user, string password, string virtualHost, CancellationToken cancellation) => AddUserAsync(user, password, virtualHost, "", ".*", ".*", cancellation);

    /// <summary>Adds an account with rights on names that these patterns fit.</summary>
    public async Task AddUserAsync(string user, string password, string virtualHost, string configure, string write, string read, CancellationToken cancellation)
    {
        await PutAsync($"users/{user}", new { password, tags = "" }, cancellation);
        await PutAsync($"permissions/{Uri.EscapeDataString(virtualHost)}/{user}", new { configure, write, read }, cancellation);
    }

    /// <summary>Saves the node's own command-line tool, a Python program.</summary>
    public async Task SaveAdministrationToolAsync(string file, CancellationToken cancellation) =>
        await File.WriteAllBytesAsync(file, await management.GetByteArrayAsync(new Uri($"http://127.0.0.1:{ManagementPort}/cli/rabbitmqadmin"), cancellation), cancellation);

    /// <summary>Makes the node believe that it is out of memory: it takes nothing from publishers.</summary>
    public Task BlockPublishersAsync(CancellationToken cancellation) => node.ControlAsync(["set_vm_memory_high_watermark", "0.000001"], cancellation);

    /// <summary>Ends that.</summary>
    public Task UnblockPublishersAsync(CancellationToken cancellation) => node.ControlAsync(["set_vm_memory_high_watermark", "0.8"], cancellation);

    /// <summary>Ends the node and removes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        management.Dispose();
        await door.DisposeAsync();
        await tlsDoor.DisposeAsync();
        await process.DisposeAsync();
        await node.DisposeAsync();
    }

    private async Task PutAsync(string path, object body, CancellationToken cancellation)
    {
        using var answer = await management.PutAsJsonAsync(path, body, cancellation);
        answer.EnsureSuccessStatusCode();
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        await process.WaitForPortAsync(node.Port, StartMax, cancellation);
        await process.WaitForPortAsync(node.TlsPort, StartMax, cancellation);
        await process.WaitUntilAsync("answers its management API", async () => await AnswersAsync(cancellation), StartMax, cancellation);
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        try
        {
            using var answer = await management.GetAsync("overview", cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
