using System.Net;
using System.Net.Http.Json;
using Fotograma.Clips;
using Fotograma.EndToEnd.Tests.Hosts;

namespace Fotograma.EndToEnd.Tests.Story;

public sealed class IsolationTests(SharedServer shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_of_one_user_exists_for_another_or_for_a_stranger()
    {
        using var owner = await ApiUser.RegisterAsync(shared.Server, Cancellation);
        using var other = await ApiUser.RegisterAsync(shared.Server, Cancellation);
        using var stranger = new HttpClient { BaseAddress = shared.Server.Address };
        var (video, job) = await owner.UploadAsync(await GoodClips.OneSecond.PathAsync(Cancellation), Cancellation);
        await owner.WaitForStateAsync(job, "completed", Cancellation);
        var mail = (await MailBox.WaitForMailsAsync(owner, 1, Cancellation)).Single().GetProperty("id").GetGuid();
        (HttpMethod Method, string Path)[] requests =
        [
            (HttpMethod.Get, $"/api/v1/videos/{video}"), (HttpMethod.Delete, $"/api/v1/videos/{video}"), (HttpMethod.Post, $"/api/v1/videos/{video}/jobs"),
            (HttpMethod.Get, $"/api/v1/jobs/{job}"), (HttpMethod.Post, $"/api/v1/jobs/{job}/cancel"), (HttpMethod.Get, $"/api/v1/jobs/{job}/archive"),
            (HttpMethod.Head, $"/api/v1/jobs/{job}/archive"), (HttpMethod.Get, $"/api/v1/jobs/{job}/manifest"), (HttpMethod.Get, $"/api/v1/jobs/{job}/frames"),
            (HttpMethod.Get, $"/api/v1/jobs/{job}/report"), (HttpMethod.Get, $"/api/v1/jobs/{job}/poster"), (HttpMethod.Get, $"/api/v1/jobs/{job}/storyboard.vtt"),
            (HttpMethod.Get, $"/api/v1/jobs/{job}/frames/1/image"), (HttpMethod.Get, $"/api/v1/jobs/{job}/frames/1/thumbnail"),
            (HttpMethod.Get, $"/video/{video}/download"), (HttpMethod.Get, $"/video/download?id={video}"), (HttpMethod.Get, $"/api/v1/mail/{mail}"),
        ];

        foreach (var (method, path) in requests)
        {
            using var foreign = await other.Http.SendAsync(Request(method, path), Cancellation);
            foreign.StatusCode.ShouldBe(HttpStatusCode.NotFound, $"{method} {path}");
            using var anonymous = await stranger.SendAsync(Request(method, path), Cancellation);
            anonymous.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
        }

        (await other.GetAsync("/api/v1/videos", Cancellation)).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await other.GetAsync("/api/v1/mail", Cancellation)).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await owner.GetAsync($"/api/v1/jobs/{job}", Cancellation)).GetProperty("state").GetString().ShouldBe("completed");
    }

    [Fact]
    public async Task Live_events_carry_only_the_listeners_own_jobs()
    {
        using var owner = await ApiUser.RegisterAsync(shared.Server, Cancellation);
        using var other = await ApiUser.RegisterAsync(shared.Server, Cancellation);
        await using var events = await other.Http.GetStreamAsync("/api/v1/events", Cancellation);
        var seen = System.Net.ServerSentEvents.SseParser.Create(events).EnumerateAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        (await seen.MoveNextAsync()).ShouldBeTrue();

        var path = await GoodClips.OneSecond.PathAsync(Cancellation);
        var (_, foreign) = await owner.UploadAsync(path, Cancellation);
        await owner.WaitForEndAsync(foreign, Cancellation);
        var (_, own) = await other.UploadAsync(path, Cancellation);

        do
        {
            (await seen.MoveNextAsync()).ShouldBeTrue();
            seen.Current.Data.ShouldNotContain(foreign.ToString());
        }
        while (!(seen.Current.Data.Contains(own.ToString(), StringComparison.Ordinal) && seen.Current.Data.Contains("\"completed\"", StringComparison.Ordinal)));
        await seen.DisposeAsync();
    }

    private static HttpRequestMessage Request(HttpMethod method, string path) =>
        new(method, path) { Content = method == HttpMethod.Post ? JsonContent.Create(new { }) : null };
}
