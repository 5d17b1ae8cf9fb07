using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Fotograma.Clips;
using Fotograma.EndToEnd.Tests.Hosts;
using Fotograma.EndToEnd.Tests.Story;
using Fotograma.Peers.Processes;

namespace Fotograma.EndToEnd.Tests.Deployments;

/// <summary>
/// The broker is away at the start, comes, goes and comes back; jobs run on. The worker is a process of its own that nothing but the broker can call, and looks for
/// jobs as often as it is shipped to.
/// </summary>
public sealed partial class BrokerLossTests
{
    private const int PushedMax = 5;
    private static readonly TimeSpan ClaimMax = TimeSpan.FromSeconds(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, InlineData("rabbitmq"), InlineData("kafka"), InlineData("sqs")]
    public async Task Jobs_are_found_by_looking_while_the_broker_is_away_and_pushed_again_when_it_is_back(string transport)
    {
        await using var broker = await Broker.StartAsync(transport, Cancellation);
        await broker.LoseAsync();
        var metrics = FreePort.Next();
        await using var server = await FotogramaServer.StartAsync(Cancellation, [.. broker.Settings, ("FOTOGRAMA_MODULES", "auth,video,notify,web")]);
        await using var worker = await FotogramaServer.StartAsync(
            Cancellation, [.. broker.Settings, ("FOTOGRAMA_MODULES", "worker"), ("FOTOGRAMA_DATA", server.Folder), ("Metrics__Url", $"http://127.0.0.1:{metrics}")]);
        using var inside = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{metrics}") };
        using var user = await ApiUser.RegisterAsync(server, Cancellation);

        foreach (var process in (FotogramaServer[])[server, worker]) await Health.BecomesAsync(process.Address, "transport", "degraded", Cancellation);
        await IsClaimedInTimeAsync(user);
        (await ClaimedAsync(inside, "poll"), await ClaimedAsync(inside, "push")).ShouldBe((1, 0));
        using (var ready = await user.Http.GetAsync("/health/ready", Cancellation)) ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        using (var live = await user.Http.GetAsync("/health/live", Cancellation)) live.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await inside.GetStringAsync("/metrics", Cancellation)).ShouldMatch(@"fotograma_transport_connected\{[^}]*\} 0");

        await broker.ReturnAsync();
        foreach (var process in (FotogramaServer[])[server, worker]) await Health.BecomesAsync(process.Address, "transport", "healthy", Cancellation);
        var jobs = 1 + await UntilPushedAsync(user, inside);
        await MailBox.WaitForMailsAsync(user, jobs, Cancellation);

        await broker.LoseAsync();
        var polled = await ClaimedAsync(inside, "poll");
        await IsClaimedInTimeAsync(user);
        (await ClaimedAsync(inside, "poll")).ShouldBe(polled + 1);
        await Health.BecomesAsync(worker.Address, "transport", "degraded", Cancellation);
        await broker.ReturnAsync();

        (await MailBox.WaitForMailsAsync(user, jobs + 1, Cancellation)).Count.ShouldBe(jobs + 1);
        await Health.BecomesAsync(worker.Address, "transport", "healthy", Cancellation);
        (await inside.GetStringAsync("/metrics", Cancellation)).ShouldMatch(@"fotograma_transport_connected\{[^}]*\} 1");
        foreach (var said in (string[])["The transport of events does not answer: polling", "The transport of events answers again."])
        {
            // Health checks repeat the sentence as often as somebody asks. On a busy machine the broker may be missed once more than it was killed.
            worker.Output.Split('\n').Count(line => line.Contains("Hosting.Link", StringComparison.Ordinal) && line.Contains(said, StringComparison.Ordinal))
                .ShouldBeInRange(2, 4, worker.Output);
        }
    }

    private static async Task IsClaimedInTimeAsync(ApiUser user)
    {
        var (_, job) = await user.UploadAsync(await GoodClips.OneSecond.PathAsync(Cancellation), Cancellation);
        var claimed = await user.WaitForAsync(job, news => news.GetProperty("attempt").GetInt32() > 0, Cancellation);
        // By the servers' own times: how long this test waits for its turn on a busy machine is not what is measured.
        (claimed.GetProperty("startedAt").GetDateTimeOffset() - claimed.GetProperty("createdAt").GetDateTimeOffset()).ShouldBeLessThan(ClaimMax);
        (await user.WaitForEndAsync(job, Cancellation)).GetProperty("state").GetString().ShouldBe("completed");
    }

    /// <summary>Uploads until an event was faster than the worker's own look, which may come at any moment.</summary>
    /// <returns>How many uploads that took.</returns>
    private static async Task<int> UntilPushedAsync(ApiUser user, HttpClient inside)
    {
        for (var uploads = 1; uploads <= PushedMax; uploads++)
        {
            await IsClaimedInTimeAsync(user);
            if (await ClaimedAsync(inside, "push") > 0) return uploads;
        }
        throw new InvalidOperationException($"None of {PushedMax} jobs was claimed because of an event.");
    }

    private static async Task<int> ClaimedAsync(HttpClient inside, string source)
    {
        var metrics = await inside.GetStringAsync("/metrics", Cancellation);
        return ClaimedCounter().Matches(metrics).Where(line => line.Groups[1].Value.Contains($"source=\"{source}\"", StringComparison.Ordinal))
            .Sum(line => int.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^fotograma_jobs_claimed_total\{([^}]*)\} (\d+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ClaimedCounter();
}
