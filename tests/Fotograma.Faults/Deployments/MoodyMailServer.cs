using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fotograma.Faults.Checking;

namespace Fotograma.Faults.Deployments;

/// <summary>A mail server (RFC 5321, as little of it as a client needs) that, while it is moody, defers, refuses, hangs, or hangs up after taking a mail.</summary>
internal sealed class MoodyMailServer : IAsyncDisposable
{
    private const int Moods = 5;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly MailLog log;
    private readonly Task running;
    private int turn;
    private int deferred;
    private int kept;
    private int refused;

    public MoodyMailServer(MailLog log)
    {
        this.log = log;
        listener.Start();
        running = RunAsync(stop.Token);
    }

    public bool IsMoody { get; set; }

    /// <summary>Mails that were put off.</summary>
    public int Deferred => Volatile.Read(ref deferred);

    /// <summary>Mails whose sender was refused for good (5xx), which says nothing of whom they are for.</summary>
    public int Refused => Volatile.Read(ref refused);

    /// <summary>Mails that were taken without a word.</summary>
    public int TakenInSilence => Volatile.Read(ref kept);

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
            _ = ServeAsync(client, IsMoody ? Interlocked.Increment(ref turn) % Moods : 0, cancellation);
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

    // Moods: 0 takes mails, 1 defers them, 2 takes one and never says so, 3 takes one and hangs up, 4 takes none from this sender.
    private async Task TalkAsync(NetworkStream stream, int mood, CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var unheard = default(int?);
        await SayAsync("220 moody ESMTP");
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            // Whoever goes on after the answer has read it.
            if (unheard is { } place) log.Heard(place);
            unheard = null;
            var command = line.Split(' ')[0].ToUpperInvariant();
            if (command == "DATA")
            {
                await SayAsync("354 go on");
                var taken = log.Take(await ReadMailAsync(reader, cancellation));
                if (mood is 2 or 3) Interlocked.Increment(ref kept);
                if (mood == 3) return;
                if (mood == 2) await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
                await SayAsync("250 taken");
                unheard = taken;
                continue;
            }
            if (command == "RCPT" && mood == 1) Interlocked.Increment(ref deferred);
            if (command == "MAIL" && mood == 4) Interlocked.Increment(ref refused);
            await SayAsync((command, mood) switch
            {
                ("EHLO", _) => "250 moody",
                ("MAIL", 4) => "550 relaying denied",
                ("RCPT", 1) => "451 try later",
                ("QUIT", _) => "221 bye",
                _ => "250 ok",
            });
            if (command == "QUIT") return;
        }

        Task SayAsync(string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"), cancellation).AsTask();
    }

    // RFC 5321, 4.5.2: a dot at the beginning of a line is doubled, and one that is alone ends the mail.
    private static async Task<MemoryStream> ReadMailAsync(StreamReader reader, CancellationToken cancellation)
    {
        var mail = new MemoryStream();
        while (await reader.ReadLineAsync(cancellation) is { } line && line != ".")
            mail.Write(Encoding.Latin1.GetBytes($"{(line.StartsWith("..", StringComparison.Ordinal) ? line[1..] : line)}\r\n"));
        mail.Position = 0;
        return mail;
    }
}
