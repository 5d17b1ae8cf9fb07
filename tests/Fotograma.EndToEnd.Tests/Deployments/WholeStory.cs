using System.Net;
using System.Security.Cryptography;
using Fotograma.Clips;
using Fotograma.EndToEnd.Tests.Hosts;
using Fotograma.EndToEnd.Tests.Story;

namespace Fotograma.EndToEnd.Tests.Deployments;

/// <summary>
/// What a person does here, from the first page to the mail, against one address. It does not know what is behind that address: the same story is told of every
/// deployment.
/// </summary>
internal static class WholeStory
{
    private const int Frames = 5;

    public static async Task TellAsync(Uri address, CancellationToken cancellation)
    {
        var clip = await GoodClips.FiveSeconds.PathAsync(cancellation);
        using var user = await ApiUser.RegisterAsync(address, cancellation);
        await OpenPageAsync(user, cancellation);
        var (video, job) = await user.UploadAsync(clip, cancellation, ("fps", "1"));
        await WatchAsync(user, job, cancellation);
        await LookAsync(user, job, cancellation);
        await DownloadAsync(user, job, clip, cancellation);
        await ReadMailAsync(user, job, cancellation);
        await BeAloneAsync(user, video, job, address, cancellation);
        await DeleteAsync(user, video, cancellation);
        await SignOutAsync(user, cancellation);
    }

    private static async Task OpenPageAsync(ApiUser user, CancellationToken cancellation)
    {
        using var page = await user.Http.GetAsync("/", cancellation);
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        (await user.GetAsync("/api/v1/me", cancellation)).GetProperty("email").GetString().ShouldBe(user.Email);
    }

    private static async Task WatchAsync(ApiUser user, Guid job, CancellationToken cancellation)
    {
        var ended = await user.WaitForEndAsync(job, cancellation);
        ended.GetProperty("state").GetString().ShouldBe("completed", ended.ToString());
        ended.GetProperty("result").GetProperty("frames").GetInt32().ShouldBe(Frames);
        ended.GetProperty("attempt").GetInt32().ShouldBe(1);
    }

    private static async Task LookAsync(ApiUser user, Guid job, CancellationToken cancellation)
    {
        var frames = await user.GetAsync($"/api/v1/jobs/{job}/frames?limit=500", cancellation);
        frames.GetProperty("total").GetInt32().ShouldBe(Frames);
        foreach (var frame in frames.GetProperty("items").EnumerateArray())
        {
            var image = await user.Http.GetByteArrayAsync($"/api/v1/jobs/{job}/frames/{frame.GetProperty("index").GetInt32()}/image", cancellation);
            Convert.ToHexStringLower(SHA256.HashData(image)).ShouldBe(frame.GetProperty("sha256").GetString());
        }
    }

    private static async Task DownloadAsync(ApiUser user, Guid job, string clip, CancellationToken cancellation)
    {
        var path = $"/api/v1/jobs/{job}/archive";
        var zip = await user.Http.GetByteArrayAsync(path, cancellation);
        await ArchiveCheck.EqualsFfmpegAsync(zip, clip, cancellation);
        using var rest = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new(1000, null) } };
        using var part = await user.Http.SendAsync(rest, cancellation);
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync(cancellation)).AsSpan().SequenceEqual(zip.AsSpan(1000)).ShouldBeTrue();
    }

    private static async Task ReadMailAsync(ApiUser user, Guid job, CancellationToken cancellation)
    {
        var mail = (await MailBox.WaitForMailsAsync(user, 1, cancellation)).Single();
        mail.GetProperty("to").GetString().ShouldBe(user.Email);
        mail.GetProperty("jobId").GetGuid().ShouldBe(job);
    }

    private static async Task BeAloneAsync(ApiUser user, Guid video, Guid job, Uri address, CancellationToken cancellation)
    {
        using var other = await ApiUser.RegisterAsync(address, cancellation);
        foreach (var path in (string[])[$"/api/v1/videos/{video}", $"/api/v1/jobs/{job}", $"/api/v1/jobs/{job}/archive"])
        {
            using var answer = await other.Http.GetAsync(path, cancellation);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }
        (await user.GetAsync("/api/v1/videos", cancellation)).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    private static async Task DeleteAsync(ApiUser user, Guid video, CancellationToken cancellation)
    {
        using var deleted = await user.Http.DeleteAsync($"/api/v1/videos/{video}", cancellation);
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await user.GetAsync("/api/v1/videos", cancellation)).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    private static async Task SignOutAsync(ApiUser user, CancellationToken cancellation)
    {
        using var signedOut = await user.Http.PostAsync("/api/v1/auth/logout", null, cancellation);
        signedOut.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var me = await user.Http.GetAsync("/api/v1/me", cancellation);
        me.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
