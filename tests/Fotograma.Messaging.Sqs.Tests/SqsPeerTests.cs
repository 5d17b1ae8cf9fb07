using System.Globalization;
using Fotograma.Peers.Sqs;

namespace Fotograma.Messaging.Sqs.Tests;

public sealed class SqsPeerTests
{
    private const string Listening = "0A";

    [Fact]
    public async Task Server_listens_on_loopback_only()
    {
        var peer = await SqsPeer.SharedAsync(TestContext.Current.CancellationToken);
        var port = peer.Port.ToString("X4", CultureInfo.InvariantCulture);
        var sockets = (await File.ReadAllLinesAsync("/proc/net/tcp", TestContext.Current.CancellationToken))
            .Concat(await File.ReadAllLinesAsync("/proc/net/tcp6", TestContext.Current.CancellationToken));
        sockets.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(socket => socket[3] == Listening && socket[1].EndsWith($":{port}", StringComparison.Ordinal))
            .Select(socket => socket[1]).ShouldBe([$"0100007F:{port}"]);
    }
}
