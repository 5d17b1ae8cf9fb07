using System.Net;
using Fotograma.Clips;
using Fotograma.EndToEnd.Tests.Hosts;
using Fotograma.EndToEnd.Tests.Story;
using Fotograma.Peers.Processes;
using Fotograma.Peers.RabbitMq;

namespace Fotograma.EndToEnd.Tests.Deployments;

/// <summary>The broker is away at the start, comes, goes and comes back; jobs run on.</summary>
public sealed class BrokerLossTests
{
    private static readonly TimeSpan ClaimMax = TimeSpan.FromSeconds(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Jobs_are_found_by_looking_while_the_broker_is_away_and_pushed_again_when_it_is_back()
    {
        await using var rabbit = await RabbitMqPeer.StartAsync(Cancellation);
        await rabbit.KillAsync();
        var metrics = FreePort.Next();
        await using var server = await FotogramaServer.StartAsync(
            Cancellation, [.. Settings.OfRabbitMq(rabbit.Port, "/"), ("Metrics__Url", $"http://127.0.0.1:{metrics}")]);
        using var inside = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{metrics}") };
        using var user = await ApiUser.RegisterAsync(server, Cancellation);
        var clip = await GoodClips.OneSecond.PathAsync(Cancellation);

        await Health.BecomesAsync(server.Address, "transport", "degraded", Cancellation);
        await IsClaimedInTimeAsync(user, clip);
        using (var ready = await user.Http.GetAsync("/health/ready", Cancellation)) ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        using (var live = await user.Http.GetAsync("/health/live", Cancellation)) live.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await inside.GetStringAsync("/metrics", Cancellation)).ShouldMatch(@"fotograma_transport_connected\{[^}]*\} 0");

        await rabbit.StartAgainAsync(Cancellation);
        await Health.BecomesAsync(server.Address, "transport", "healthy", Cancellation);
        await MailBox.WaitForMailsAsync(user, 1, Cancellation);

        await rabbit.KillAsync();
        await IsClaimedInTimeAsync(user, clip);
        await rabbit.StartAgainAsync(Cancellation);

        (await MailBox.WaitForMailsAsync(user, 2, Cancellation)).Count.ShouldBe(2);
        await Health.BecomesAsync(server.Address, "transport", "healthy", Cancellation);
        (await inside.GetStringAsync("/metrics", Cancellation)).ShouldMatch(@"fotograma_transport_connected\{[^}]*\} 1");
        foreach (var said in (string[])["The transport of events does not answer: polling", "The transport of events answers again."])
        {
            // Health checks repeat the sentence as often as somebody asks. On a busy machine the broker may be missed once more than it was killed.
            server.Output.Split('\n').Count(line => line.Contains("Hosting.Link", StringComparison.Ordinal) && line.Contains(said, StringComparison.Ordinal))
                .ShouldBeInRange(2, 4, server.Output);
        }
    }

    private static async Task IsClaimedInTimeAsync(ApiUser user, string clip)
    {
        var (_, job) = await user.UploadAsync(clip, Cancellation);
        var claimed = await user.WaitForAsync(job, news => news.GetProperty("attempt").GetInt32() > 0, Cancellation);
        // By the server's own times: how long this test waits for its turn on a busy machine is not what is measured.
        (claimed.GetProperty("startedAt").GetDateTimeOffset() - claimed.GetProperty("createdAt").GetDateTimeOffset()).ShouldBeLessThan(ClaimMax);
        (await user.WaitForEndAsync(job, Cancellation)).GetProperty("state").GetString().ShouldBe("completed");
    }
}
