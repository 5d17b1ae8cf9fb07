using System.Net;
using Fotograma.Clips;
using Fotograma.EndToEnd.Tests.Hosts;
using Fotograma.Peers.Processes;

namespace Fotograma.EndToEnd.Tests.Deployments;

public sealed class MetricsTests(SharedServer shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Numbers_are_on_their_own_address_and_nowhere_else()
    {
        var port = FreePort.Next();
        await using var server = await FotogramaServer.StartAsync(Cancellation, ("Metrics__Url", $"http://127.0.0.1:{port}"));
        using var inside = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var user = await ApiUser.RegisterAsync(server, Cancellation);
        var (_, job) = await user.UploadAsync(await GoodClips.OneSecond.PathAsync(Cancellation), Cancellation);
        await user.WaitForStateAsync(job, "completed", Cancellation);

        var metrics = await inside.GetStringAsync("/metrics", Cancellation);

        metrics.ShouldContain("fotograma_jobs_completed_total");
        metrics.ShouldContain("fotograma_jobs_claimed_total{");
        metrics.ShouldContain("fotograma_transport_connected");
        metrics.ShouldContain("fotograma_outbox_waiting");
        metrics.ShouldContain("fotograma_jobs_waiting");
        metrics.ShouldContain("fotograma_jobs_oldest_age_seconds");
        metrics.ShouldContain("http_server_request_duration_seconds_bucket");
        (await StatusAsync(inside, "/health")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(inside, "/api/v1/limits")).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(inside, "/")).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(user.Http, "/metrics")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Without_an_address_of_their_own_there_are_none()
    {
        using var http = new HttpClient { BaseAddress = shared.Server.Address };
        (await StatusAsync(http, "/metrics")).ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path, Cancellation);
        return answer.StatusCode;
    }
}
