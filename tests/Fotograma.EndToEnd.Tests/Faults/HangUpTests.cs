using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Fotograma.Clips;
using Fotograma.EndToEnd.Tests.Hosts;

namespace Fotograma.EndToEnd.Tests.Faults;

public sealed class HangUpTests
{
    private const int Uploads = 40;
    private const int Moments = 20;
    private const string Boundary = "frontier";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_caller_who_hangs_up_around_the_last_byte_loses_no_video_that_was_accepted()
    {
        await using var server = await FotogramaServer.StartAsync(Cancellation);
        using var user = await ApiUser.RegisterAsync(server, Cancellation);
        var body = Body(await File.ReadAllBytesAsync(await GoodClips.OneSecond.PathAsync(Cancellation), Cancellation));

        var clock = Stopwatch.StartNew();
        await user.UploadAsync(await GoodClips.OneSecond.PathAsync(Cancellation), Cancellation);
        var usual = clock.Elapsed;

        // The connection breaks at any moment from before the last byte until well after the answer, on a machine of any speed.
        for (var upload = 0; upload < Uploads; upload++)
            await SendAndBreakAsync(server, user, body, upload % 8 == 0 ? body.Length - 1 : body.Length, usual * 1.5 * (upload % Moments) / Moments);

        var accepted = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await user.GetAsync($"/api/v1/videos?limit=100&cursor={cursor}", Cancellation);
            accepted.AddRange(page.GetProperty("items").EnumerateArray().Select(video => video.GetProperty("job").GetProperty("id").GetGuid()));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        accepted.Count.ShouldBeGreaterThan(1, "Only the upload that nobody broke off was accepted.");
        foreach (var job in accepted)
        {
            var ended = await user.WaitForEndAsync(job, Cancellation);
            ended.GetProperty("state").GetString().ShouldBe("completed", ended.ToString());
        }
        await Blobs.CountAsync(server, accepted.Count * Blobs.FilesPerVideo, Cancellation);
    }

    private static byte[] Body(byte[] clip)
    {
        var head = Encoding.ASCII.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"video\"; filename=\"a.mp4\"\r\n\r\n");
        var tail = Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n");
        return [.. head, .. clip, .. tail];
    }

    private static async Task SendAndBreakAsync(FotogramaServer server, ApiUser user, byte[] body, int bytes, TimeSpan wait)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        await socket.ConnectAsync("127.0.0.1", server.Address.Port, Cancellation);
        var head = string.Create(CultureInfo.InvariantCulture,
            $"POST /api/v1/videos HTTP/1.1\r\nHost: x\r\nAuthorization: {user.Http.DefaultRequestHeaders.Authorization}\r\nContent-Type: multipart/form-data; boundary={Boundary}\r\nContent-Length: {body.Length}\r\n\r\n");
        await socket.SendAsync(Encoding.ASCII.GetBytes(head), Cancellation);
        await socket.SendAsync(body.AsMemory(0, bytes), Cancellation);
        // The moment of the break is what is tested; nothing is waited for.
        await Task.Delay(wait, Cancellation);
    }
}
