using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fotograma.Clips;
using Fotograma.EndToEnd.Tests.Hosts;

namespace Fotograma.EndToEnd.Tests.Limits;

public sealed class LargeUploadTests
{
    private const long TwoGibibytes = 2L << 30;
    private const long MemoryMax = 300L * 1000 * 1000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Uploading_two_gibibytes_keeps_the_server_below_300_megabytes_of_memory()
    {
        await using var server = await FotogramaServer.StartAsync(Cancellation);
        using var user = await ApiUser.RegisterAsync(server, Cancellation);
        await using var source = File.OpenRead(await GoodClips.OneSecond.PathAsync(Cancellation));
        using var form = new MultipartFormDataContent { { new StreamContent(new PaddedStream(source, TwoGibibytes)), "video", "large.mp4" } };

        using var answer = await user.Http.PostAsync("/api/v1/videos", form, Cancellation);

        var video = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, video.ToString());
        video.GetProperty("bytes").GetInt64().ShouldBe(TwoGibibytes);
        var ended = await user.WaitForEndAsync(video.GetProperty("job").GetProperty("id").GetGuid(), Cancellation);
        ended.GetProperty("state").GetString().ShouldBe("completed", "The bytes after the index are none of the video's.");
        Children.PeakMemory(server.ProcessId).ShouldBeLessThan(MemoryMax);
    }

    [Fact]
    public async Task A_file_over_the_limit_is_refused_by_name_and_leaves_nothing()
    {
        await using var server = await FotogramaServer.StartAsync(Cancellation, ("Uploads__FileBytesMax", "20000"));
        using var user = await ApiUser.RegisterAsync(server, Cancellation);
        await using var source = File.OpenRead(await GoodClips.OneSecond.PathAsync(Cancellation));
        using var form = new MultipartFormDataContent { { new StreamContent(new PaddedStream(source, 30_000)), "video", "large.mp4" } };

        using var answer = await user.Http.PostAsync("/api/v1/videos", form, Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("code").GetString().ShouldBe("upload.too_large");
        Faults.Blobs.FilesOf(server).ShouldBeEmpty();
    }
}
