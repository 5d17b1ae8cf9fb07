using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fotograma.Faults.Deployments;

/// <summary>A mail server (RFC 5321, as little of it as a client needs) that, while it is moody, defers, hangs, or hangs up before and after taking a mail.</summary>
internal sealed class MoodyMailServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, int> taken = new();
    private readonly Task running;
    private int turn;

    public MoodyMailServer()
    {
        listener.Start();
        running = RunAsync(stop.Token);
    }

    public bool IsMoody { get; set; }

    /// <summary>How often each mail (by its Message-ID) was taken with a 250 that the client may have seen or not.</summary>
    public IReadOnlyDictionary<string, int> Taken => taken;

    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Mail__Smtp__Host"] = "127.0.0.1",
        ["Mail__Smtp__Port"] = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture),
        ["Mail__Smtp__Security"] = "None",
    };

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync(cancellation);
            _ = ServeAsync(client, IsMoody ? Interlocked.Increment(ref turn) % 4 : 0, cancellation);
        }
    }

    private async Task ServeAsync(TcpClient client, int mood, CancellationToken cancellation)
    {
        using (client)
        {
            try
            {
                await TalkAsync(client.GetStream(), mood, cancellation);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The client left, or the trial is over.
            }
        }
    }

    // Moods: 0 takes mails, 1 defers them, 2 takes one and never says so, 3 takes one and hangs up.
    private async Task TalkAsync(NetworkStream stream, int mood, CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await SayAsync("220 moody ESMTP");
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            var command = line.Split(' ')[0].ToUpperInvariant();
            if (command == "DATA")
            {
                await SayAsync("354 go on");
                Note(await ReadIdAsync(reader, cancellation));
                if (mood == 3) return;
                if (mood == 2) await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
                await SayAsync("250 taken");
                continue;
            }
            await SayAsync((command, mood) switch
            {
                ("EHLO", _) => "250 moody",
                ("RCPT", 1) => "451 try later",
                ("QUIT", _) => "221 bye",
                _ => "250 ok",
            });
            if (command == "QUIT") return;
        }

        Task SayAsync(string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"), cancellation).AsTask();
    }

    private void Note(string id) => taken.AddOrUpdate(id, 1, (_, count) => count + 1);

    private static async Task<string> ReadIdAsync(StreamReader reader, CancellationToken cancellation)
    {
        var id = "";
        while (await reader.ReadLineAsync(cancellation) is { } line && line != ".")
        {
            if (id.Length == 0 && line.StartsWith("Message-Id:", StringComparison.OrdinalIgnoreCase)) id = line["Message-Id:".Length..].Trim();
        }
        return id;
    }
}
