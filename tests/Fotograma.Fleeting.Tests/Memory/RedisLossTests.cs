using System.Diagnostics;
using Fotograma.Peers.Faults;
using Fotograma.Peers.Redis;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fotograma.Fleeting.Tests.Memory;

/// <summary>Redis goes and comes back; nobody who asks notices more than that other processes' counts are missing.</summary>
public sealed class RedisLossTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Processes_share_marks_and_counters()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        await using var one = await Proc.StartAsync(redis.Endpoint, "x:");
        await using var two = await Proc.StartAsync(redis.Endpoint, "x:");
        await one.BecomesAsync(HealthStatus.Healthy);
        await two.BecomesAsync(HealthStatus.Healthy);

        await one.Memory.MarkAsync("gone", Long, Cancellation);
        await one.Memory.AddAsync("tries", 3, Long, Cancellation);

        (await two.Memory.IsMarkedAsync("gone", Cancellation)).ShouldBeTrue();
        (await two.Memory.AddAsync("tries", 1, Long, Cancellation)).Count.ShouldBe(4);
        one.Log.ShouldBeEmpty();
    }

    [Fact]
    public async Task Killed_and_started_again_it_is_done_without_and_used_again_and_each_is_said_once()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        await using var one = await Proc.StartAsync(redis.Endpoint, "x:");
        await using var two = await Proc.StartAsync(redis.Endpoint, "x:");
        await one.BecomesAsync(HealthStatus.Healthy);
        await one.Memory.MarkAsync("before", Long, Cancellation);

        await redis.KillAsync();
        (await one.Memory.IsMarkedAsync("before", Cancellation)).ShouldBeTrue("What this process marked itself it knows.");
        (await one.Memory.AddAsync("tries", 1, Long, Cancellation)).Count.ShouldBe(1);
        (await two.Memory.AddAsync("tries", 1, Long, Cancellation)).Count.ShouldBe(1, "Each process counts alone.");
        await one.BecomesAsync(HealthStatus.Degraded);

        await redis.StartAgainAsync(Cancellation);
        await one.BecomesAsync(HealthStatus.Healthy);
        await two.BecomesAsync(HealthStatus.Healthy);
        await one.Memory.MarkAsync("after", Long, Cancellation);
        (await two.Memory.IsMarkedAsync("after", Cancellation)).ShouldBeTrue();

        foreach (var what in new[] { "The shared memory", "The carrier of signals" })
        {
            one.Log.Count(line => line.StartsWith($"{what} does not answer", StringComparison.Ordinal)).ShouldBe(1, string.Join('\n', one.Log));
            one.Log.Count(line => line == $"{what} answers again.").ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_copy_is_made_once_for_all_processes_and_by_each_while_Redis_is_away()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        await using var one = await Proc.StartAsync(redis.Endpoint, "x:");
        await using var two = await Proc.StartAsync(redis.Endpoint, "x:");
        await one.BecomesAsync(HealthStatus.Healthy);
        await two.BecomesAsync(HealthStatus.Healthy);
        var made = 0;

        foreach (var process in (Proc[])[one, two, one, two]) (await CopyAsync(process, "shared")).ShouldBe([7, 7]);
        made.ShouldBe(1);

        await redis.KillAsync();
        (await CopyAsync(two, "shared")).ShouldBe([7, 7]);
        made.ShouldBe(1, "What a process has it keeps.");
        foreach (var process in (Proc[])[one, two, one, two]) (await CopyAsync(process, "alone")).ShouldBe([7, 7]);
        made.ShouldBe(3, "Each makes its own.");

        Task<byte[]?> CopyAsync(Proc process, string name) => process.Memory.CopyAsync(name, _ =>
        {
            made++;
            return Task.FromResult<byte[]?>([7, 7]);
        }, Cancellation);
    }

    [Fact]
    public async Task What_is_not_there_and_what_is_too_large_is_asked_for_every_time()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        await using var one = await Proc.StartAsync(redis.Endpoint, "x:");
        var asked = 0;
        for (var times = 0; times < 2; times++)
        {
            (await one.Memory.CopyAsync("missing", _ => AnswerAsync(null), Cancellation)).ShouldBeNull();
            (await one.Memory.CopyAsync("large", _ => AnswerAsync(new byte[Store.FleetingMemory.CopyBytesMax + 1]), Cancellation))!.Length.ShouldBe(Store.FleetingMemory.CopyBytesMax + 1);
        }
        asked.ShouldBe(4);

        Task<byte[]?> AnswerAsync(byte[]? answer)
        {
            asked++;
            return Task.FromResult(answer);
        }
    }

    [Fact]
    public async Task Away_at_the_start_it_is_used_once_it_is_there()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        await redis.StopAsync();
        await using var one = await Proc.StartAsync(redis.Endpoint, "x:");
        (await one.Memory.AddAsync("tries", 1, Long, Cancellation)).Count.ShouldBe(1);
        await one.BecomesAsync(HealthStatus.Degraded);

        await redis.StartAgainAsync(Cancellation);

        await one.BecomesAsync(HealthStatus.Healthy);
        await using var two = await Proc.StartAsync(redis.Endpoint, "x:");
        await two.BecomesAsync(HealthStatus.Healthy);
        await one.Memory.MarkAsync("gone", Long, Cancellation);
        (await two.Memory.IsMarkedAsync("gone", Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public async Task Silent_it_stalls_nobody()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        await using var proxy = FaultProxy.To(redis.Port);
        await using var one = await Proc.StartAsync($"127.0.0.1:{proxy.Port}", "x:");
        await one.BecomesAsync(HealthStatus.Healthy);

        proxy.Fault = new Fault.Blackhole();
        var since = Stopwatch.StartNew();
        for (var i = 0; i < 50; i++)
        {
            await one.Memory.AddAsync("tries", 1, Long, Cancellation);
            await one.Memory.IsMarkedAsync("gone", Cancellation);
        }
        since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10), "One question waits for the timeout; the others know.");
        await one.BecomesAsync(HealthStatus.Degraded);

        proxy.Fault = Fault.None;
        await one.BecomesAsync(HealthStatus.Healthy);
    }
}
