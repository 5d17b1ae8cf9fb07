using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fotograma.Clips;
using Fotograma.EndToEnd.Tests.Hosts;

namespace Fotograma.EndToEnd.Tests.Story;

public sealed class RefusalTests(SharedServer shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<Clip, HttpStatusCode, string> RefusedAtUpload => new()
    {
        { BadClips.Text, HttpStatusCode.UnsupportedMediaType, "upload.not_a_video" },
        { BadClips.SoundMp3, HttpStatusCode.UnsupportedMediaType, "upload.sound_only" },
        { BadClips.Empty, HttpStatusCode.UnprocessableEntity, "upload.empty" },
        { BadClips.HlsPlaylist, HttpStatusCode.UnsupportedMediaType, "upload.playlist" },
        { BadClips.ConcatScript, HttpStatusCode.UnsupportedMediaType, "upload.playlist" },
    };

    public static TheoryData<Clip, string> FailedByTheDecoder => new()
    {
        { BadClips.SoundM4a, "media.no_video_stream" },
        { BadClips.Truncated, "media.truncated" },
        { BadClips.MagicYuv, "media.codec_not_allowed" },
        { BadClips.Garbage, "media.undecodable" },
    };

    [Theory]
    [MemberData(nameof(RefusedAtUpload))]
    public async Task A_file_that_is_no_video_is_refused_before_it_is_stored(Clip clip, HttpStatusCode status, string code)
    {
        using var user = await ApiUser.RegisterAsync(shared.Server, Cancellation);

        using var answer = await user.TryUploadAsync(await clip.PathAsync(Cancellation), clip.Name, Cancellation);

        answer.StatusCode.ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("detail").GetString()!.Length.ShouldBeGreaterThan(20);
        (await user.GetAsync("/api/v1/videos", Cancellation)).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(FailedByTheDecoder))]
    public async Task A_video_that_cannot_be_used_fails_with_a_reason_and_a_good_one_beside_it_completes(Clip clip, string code)
    {
        using var user = await ApiUser.RegisterAsync(shared.Server, Cancellation);
        var (_, bad) = await user.UploadAsync(await clip.PathAsync(Cancellation), Cancellation);
        var (_, good) = await user.UploadAsync(await GoodClips.OneSecond.PathAsync(Cancellation), Cancellation);

        var failed = await user.WaitForEndAsync(bad, Cancellation);
        var completed = await user.WaitForEndAsync(good, Cancellation);

        failed.GetProperty("state").GetString().ShouldBe("failed");
        failed.GetProperty("error").GetProperty("code").GetString().ShouldBe(code);
        failed.GetProperty("error").GetProperty("message").GetString()!.ShouldEndWith(".");
        completed.GetProperty("state").GetString().ShouldBe("completed");
        using var archive = await user.Http.GetAsync($"/api/v1/jobs/{bad}/archive", Cancellation);
        archive.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await MailBox.WaitForMailsAsync(user, 2, Cancellation)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task All_faults_of_the_options_are_named_at_once()
    {
        using var user = await ApiUser.RegisterAsync(shared.Server, Cancellation);

        using var answer = await user.TryUploadAsync(
            await GoodClips.OneSecond.PathAsync(Cancellation), "a.mp4", Cancellation, ("fps", "-1"), ("width", "one"), ("sharpen", "yes"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).ShouldBe(["fps", "width", "sharpen"], ignoreOrder: true);
    }
}
