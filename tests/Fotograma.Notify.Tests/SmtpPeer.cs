using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using MimeKit;

namespace Fotograma.Notify.Tests;

/// <summary>How the peer treats one delivery.</summary>
internal enum SmtpManner
{
    Accept,

    /// <summary>Status 451 for the recipient.</summary>
    Busy,

    /// <summary>Status 550 for the recipient.</summary>
    Refuse,

    /// <summary>Takes the mail and never answers.</summary>
    Hang,

    /// <summary>Takes the mail and cuts the line before saying so.</summary>
    Cut,
}

/// <summary>A small SMTP server on a real socket. The manners are used one for each connection, the last one for all further ones.</summary>
internal sealed class SmtpPeer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Channel<MimeMessage> taken = Channel.CreateUnbounded<MimeMessage>();
    private readonly Queue<SmtpManner> manners;
    private readonly Task running;
    private int connections;

    public SmtpPeer(params SmtpManner[] manners)
    {
        this.manners = new Queue<SmtpManner>(manners);
        listener.Start();
        running = RunAsync(stop.Token);
    }

    public int Connections => connections;

    public (string, string)[] Settings(int timeoutSeconds = 20) =>
        [("Mail:Smtp:Host", "127.0.0.1"), ("Mail:Smtp:Port", $"{((IPEndPoint)listener.LocalEndpoint).Port}"), ("Mail:Smtp:Security", "None"),
            ("Mail:Smtp:TimeoutSeconds", $"{timeoutSeconds}")];

    /// <summary>The next mail whose bytes arrived, whatever the peer answered.</summary>
    public async Task<MimeMessage> NextAsync()
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(TimeSpan.FromSeconds(60));
        return await taken.Reader.ReadAsync(bound.Token);
    }

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
            using var socket = await listener.AcceptTcpClientAsync(cancellation);
            connections++;
            var manner = manners.Count > 1 ? manners.Dequeue() : manners.Peek();
            try
            {
                await TalkAsync(socket.GetStream(), manner, cancellation);
            }
            catch (IOException)
            {
                // The client left.
            }
        }
    }

    private async Task TalkAsync(NetworkStream stream, SmtpManner manner, CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await SayAsync("220 peer ESMTP");
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            var command = line.Split(' ')[0].ToUpperInvariant();
            if (command == "DATA")
            {
                await SayAsync("354 go on");
                await taken.Writer.WriteAsync(await ReadMailAsync(reader, cancellation), cancellation);
                if (manner == SmtpManner.Cut) return;
                if (manner == SmtpManner.Hang) await reader.ReadLineAsync(cancellation);
                else await SayAsync("250 taken");
                continue;
            }
            await SayAsync((command, manner) switch
            {
                ("EHLO", _) => "250 peer",
                ("RCPT", SmtpManner.Busy) => "451 try later",
                ("RCPT", SmtpManner.Refuse) => "550 no such person",
                ("QUIT", _) => "221 bye",
                _ => "250 ok",
            });
            if (command == "QUIT") return;
        }

        Task SayAsync(string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"), cancellation).AsTask();
    }

    private static async Task<MimeMessage> ReadMailAsync(StreamReader reader, CancellationToken cancellation)
    {
        var bytes = new MemoryStream();
        while (await reader.ReadLineAsync(cancellation) is { } line && line != ".")
            bytes.Write(Encoding.Latin1.GetBytes((line.StartsWith('.') ? line[1..] : line) + "\r\n"));
        bytes.Position = 0;
        return await MimeMessage.LoadAsync(bytes, cancellation);
    }
}
