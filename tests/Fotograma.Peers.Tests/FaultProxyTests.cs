using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fotograma.Peers.Faults;

namespace Fotograma.Peers.Tests;

public sealed class FaultProxyTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly EchoServer server = new();
    private FaultProxy proxy = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        proxy = FaultProxy.To(server.Port);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        server.Dispose();
    }

    [Fact]
    public async Task Bytes_pass_in_both_directions()
    {
        using var client = await ConnectAsync();
        (await AskAsync(client, "hello")).ShouldBe("hello");
        (await AskAsync(client, "again")).ShouldBe("again");
    }

    [Fact]
    public async Task Megabytes_pass_unchanged()
    {
        using var client = await ConnectAsync();
        var sent = new byte[3_000_000];
        new Random(1).NextBytes(sent);
        var sending = client.SendAsync(sent, Cancellation).AsTask();
        var got = new byte[sent.Length];
        for (var at = 0; at < got.Length;) at += await client.ReceiveAsync(got.AsMemory(at), Cancellation);
        await sending;
        got.SequenceEqual(sent).ShouldBeTrue();
    }

    [Fact]
    public async Task Connections_are_counted()
    {
        using (var one = await ConnectAsync())
        using (var two = await ConnectAsync())
        {
            await AskAsync(one, "1");
            await AskAsync(two, "2");
            proxy.Accepted.ShouldBe(2);
            proxy.Open.ShouldBe(2);
        }
        await UntilAsync(() => proxy.Open == 0);
        proxy.Accepted.ShouldBe(2);
    }

    [Fact]
    public async Task Latency_delays_every_byte_in_both_directions()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "warm");
        proxy.Fault = new Fault.Latency(TimeSpan.FromMilliseconds(100));
        var clock = Stopwatch.StartNew();
        await AskAsync(client, "hello");
        clock.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(190));
    }

    [Fact]
    public async Task Latency_ends_with_its_fault()
    {
        using var client = await ConnectAsync();
        proxy.Fault = new Fault.Latency(TimeSpan.FromHours(1));
        var asking = AskAsync(client, "hello");
        asking.IsCompleted.ShouldBeFalse();
        proxy.Fault = Fault.None;
        (await asking).ShouldBe("hello");
    }

    [Fact]
    public async Task Bandwidth_is_held()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "warm");
        proxy.Fault = new Fault.Bandwidth(10_000);
        var clock = Stopwatch.StartNew();
        await AskAsync(client, new string('x', 2000));
        clock.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(190));
    }

    [Fact]
    public async Task Blackhole_swallows_nothing_and_gives_nothing()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "warm");
        proxy.Fault = new Fault.Blackhole();
        var asking = AskAsync(client, "hello");
        using var late = await ConnectAsync();
        var lateAsking = AskAsync(late, "late");
        server.Received.ShouldBe(4);
        asking.IsCompleted.ShouldBeFalse();
        lateAsking.IsCompleted.ShouldBeFalse();
        proxy.Fault = Fault.None;
        (await asking).ShouldBe("hello");
        (await lateAsking).ShouldBe("late");
    }

    [Fact]
    public async Task Reset_resets_what_is_open_and_what_is_new()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "warm");
        proxy.Fault = new Fault.Reset();
        (await FailureAsync(() => AskAsync(client, "hello"))).ShouldBeOneOf(SocketError.ConnectionReset, SocketError.Shutdown);
        (await FailureAsync(async () =>
        {
            using var late = await ConnectAsync();
            await AskAsync(late, "late");
        })).ShouldBeOneOf(SocketError.ConnectionReset, SocketError.Shutdown);
        proxy.Fault = Fault.None;
        using var healed = await ConnectAsync();
        (await AskAsync(healed, "healed")).ShouldBe("healed");
    }

    [Fact]
    public async Task Refused_connections_find_nobody_and_open_ones_go_on()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "warm");
        proxy.Fault = new Fault.Refuse();
        (await FailureAsync(ConnectAsync)).ShouldBe(SocketError.ConnectionRefused);
        (await AskAsync(client, "still here")).ShouldBe("still here");
        proxy.Fault = Fault.None;
        using var healed = await ConnectAsync();
        (await AskAsync(healed, "healed")).ShouldBe("healed");
    }

    [Fact]
    public async Task Connection_is_cut_in_the_middle_of_its_bytes()
    {
        using var client = await ConnectAsync();
        proxy.Fault = new Fault.CutAfter(7);
        await client.SendAsync(Encoding.UTF8.GetBytes("0123456789"), Cancellation);
        await UntilAsync(() => server.Received == 7);
        (await FailureAsync(() => AskAsync(client, "hello"))).ShouldBeOneOf(SocketError.ConnectionReset, SocketError.Shutdown);
        server.Received.ShouldBe(7);
    }

    [Fact]
    public async Task Request_is_executed_and_its_answer_lost_with_the_connection()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "warm");
        proxy.Fault = new Fault.LoseReplies(Cut: true);
        (await FailureAsync(() => AskAsync(client, "hello"))).ShouldBe(SocketError.ConnectionReset);
        server.Received.ShouldBe(9);
    }

    [Fact]
    public async Task Request_is_executed_and_its_answer_never_comes()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "warm");
        proxy.Fault = new Fault.LoseReplies(Cut: false);
        var asking = AskAsync(client, "lost!");
        await UntilAsync(() => server.Received == 9);
        proxy.Fault = Fault.None;
        // What follows a gap would make no sense: the connection is silent for good, and others are not.
        await client.SendAsync(Encoding.UTF8.GetBytes("12345"), Cancellation);
        await UntilAsync(() => server.Received == 14);
        using var other = await ConnectAsync();
        (await AskAsync(other, "hello")).ShouldBe("hello");
        asking.IsCompleted.ShouldBeFalse();
        proxy.CutAll();
        (await FailureAsync(() => asking)).ShouldBe(SocketError.ConnectionReset);
    }

    [Fact]
    public async Task Open_connections_can_be_cut_once()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "warm");
        proxy.CutAll();
        (await FailureAsync(() => AskAsync(client, "hello"))).ShouldBeOneOf(SocketError.ConnectionReset, SocketError.Shutdown);
        using var healed = await ConnectAsync();
        (await AskAsync(healed, "healed")).ShouldBe("healed");
    }

    [Fact]
    public async Task Server_that_is_away_resets_its_clients()
    {
        server.Dispose();
        using var client = await ConnectAsync();
        (await FailureAsync(() => AskAsync(client, "hello"))).ShouldBeOneOf(SocketError.ConnectionReset, SocketError.Shutdown);
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, proxy.Port, Cancellation);
        return socket;
    }

    private static async Task<string> AskAsync(Socket client, string text)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(Patience);
        await client.SendAsync(Encoding.UTF8.GetBytes(text), patience.Token);
        var answer = new byte[Encoding.UTF8.GetByteCount(text)];
        for (var at = 0; at < answer.Length;)
        {
            var read = await client.ReceiveAsync(answer.AsMemory(at), patience.Token);
            if (read == 0) throw new SocketException((int)SocketError.Shutdown);
            at += read;
        }
        return Encoding.UTF8.GetString(answer);
    }

    private static async Task<SocketError> FailureAsync(Func<Task> act) => (await Should.ThrowAsync<SocketException>(act)).SocketErrorCode;

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(Patience);
        while (!holds()) await Task.Delay(5, patience.Token);
    }
}
