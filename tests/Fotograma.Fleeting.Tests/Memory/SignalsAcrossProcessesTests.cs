using System.Diagnostics;
using Fotograma.Messaging.Live;
using Fotograma.Peers.Redis;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fotograma.Fleeting.Tests.Memory;

/// <summary>The live feed of one process is heard in another.</summary>
public sealed class SignalsAcrossProcessesTests(SharedRedis shared)
{
    private static readonly TimeSpan HearMax = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signal_reaches_the_listeners_of_its_topic_everywhere_once_and_within_a_second()
    {
        var prefix = shared.FreshPrefix();
        await using var one = await Proc.StartAsync(shared.Peer.Endpoint, prefix);
        await using var two = await Proc.StartAsync(shared.Peer.Endpoint, prefix);
        await ConnectedAsync(one, two);
        using var here = one.Feed.Listen("owner.1");
        using var there = two.Feed.Listen("owner.1");
        using var elsewhere = two.Feed.Listen("owner.2");

        var since = Stopwatch.StartNew();
        one.Feed.Signal("owner.1", "job 7");
        (await NextAsync(there)).ShouldBe("job 7");
        since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));

        one.Feed.Signal("owner.1", "last");
        (await NextAsync(there)).ShouldBe("last");
        (await NextAsync(here)).ShouldBe("job 7");
        (await NextAsync(here)).ShouldBe("last", "A process does not hear its own signal a second time.");
        elsewhere.Signals.TryPeek(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_a_carrier_a_process_still_hears_itself_and_later_the_others_again()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        await using var one = await Proc.StartAsync(redis.Endpoint, "x:");
        await using var two = await Proc.StartAsync(redis.Endpoint, "x:");
        await ConnectedAsync(one, two);
        using var here = one.Feed.Listen("t");
        using var there = two.Feed.Listen("t");

        await redis.KillAsync();
        one.Feed.Signal("t", "alone");
        (await NextAsync(here)).ShouldBe("alone");
        await one.BecomesAsync(HealthStatus.Degraded);
        await two.BecomesAsync(HealthStatus.Degraded);

        await redis.StartAgainAsync(Cancellation);
        await ConnectedAsync(one, two);
    }

    // Both hear each other: known by what arrives, not by what health says.
    private static async Task ConnectedAsync(Proc one, Proc two)
    {
        using var atOne = one.Feed.Listen("probe");
        using var atTwo = two.Feed.Listen("probe");
        var (oneHears, twoHears) = (false, false);
        await Proc.UntilAsync(() =>
        {
            two.Feed.Signal("probe", "from two");
            one.Feed.Signal("probe", "from one");
            oneHears |= Heard(atOne, "from two");
            twoHears |= Heard(atTwo, "from one");
            return Task.FromResult(oneHears && twoHears);
        });
    }

    private static bool Heard(LiveListener listener, string text)
    {
        while (listener.Signals.TryRead(out var heard))
        {
            if (heard == text) return true;
        }
        return false;
    }

    private static async Task<string> NextAsync(LiveListener listener) => await listener.Signals.ReadAsync(Cancellation).AsTask().WaitAsync(HearMax, Cancellation);
}
