using Fotograma.Messages;
using Fotograma.Messaging.Consumers;
using Fotograma.Messaging.Repeating;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Tests;

/// <summary>Queues that were missing are made, and whoever can say again what lay in them is told so.</summary>
public sealed class QueuePreparationTests
{
    private static readonly string[] Everybody = [.. Topology.Groups.Keys];
    private readonly ForgetfulBroker broker = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_can_say_it_again_is_told_before_the_queues_are_made()
    {
        using var queues = Some.Queues(broker);
        await queues.EnsureAsync(Cancellation);
        broker.Deeds.ShouldBe(["made auth", "made video", $"told auth, video of {string.Join(", ", broker.Lacked)}", "made notify", "made worker"]);
    }

    [Fact]
    public async Task Nobody_is_told_anything_while_all_queues_are_there()
    {
        broker.Make(Everybody);
        using var queues = Some.Queues(broker);
        await queues.EnsureAsync(Cancellation);
        broker.Deeds.ShouldBeEmpty();
    }

    [Fact]
    public async Task Queues_in_which_only_such_news_wait_lose_nothing()
    {
        broker.Make("notify", "worker");
        using var queues = Some.Queues(broker);
        await queues.EnsureAsync(Cancellation);
        broker.Deeds.ShouldBe(["made auth", "made video"]);
    }

    [Fact]
    public async Task Death_between_the_news_and_the_queues_repeats_the_news()
    {
        broker.DiesOnceAt = "notify";
        using (var queues = Some.Queues(broker)) await Should.ThrowAsync<IOException>(() => queues.EnsureAsync(Cancellation));
        broker.Deeds.Clear();
        using (var queues = Some.Queues(broker)) await queues.EnsureAsync(Cancellation);
        broker.Deeds.ShouldContain(deed => deed.StartsWith("told auth, video", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_may_make_none_tells_it_once_an_operator_has_made_them()
    {
        broker.MayMake = false;
        using var queues = Some.Queues(broker);
        await Should.ThrowAsync<IOException>(() => queues.EnsureAsync(Cancellation));
        await Should.ThrowAsync<IOException>(() => queues.EnsureAsync(Cancellation));
        broker.Make(Everybody);
        await queues.EnsureAsync(Cancellation);
        broker.Deeds.ShouldHaveSingleItem().ShouldStartWith("told auth, video of");
    }

    [Fact]
    public async Task What_cannot_be_made_is_not_told_of_at_every_try()
    {
        broker.DiesAlwaysAt = "notify";
        using var queues = Some.Queues(broker);
        for (var tries = 0; tries < 5; tries++) await Should.ThrowAsync<IOException>(() => queues.EnsureAsync(Cancellation));
        broker.Deeds.Count(deed => deed.StartsWith("told", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_second_loss_is_told_again()
    {
        using var queues = Some.Queues(broker);
        await queues.EnsureAsync(Cancellation);
        broker.Forget();
        queues.Forget();
        await queues.EnsureAsync(Cancellation);
        broker.Deeds.Count(deed => deed.StartsWith("told", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task What_is_said_again_waits_for_the_queues_and_goes_in_batches()
    {
        using var queues = Some.Queues(broker);
        var repetition = new Repetition(broker, queues, new MessagingOptions());
        var events = Enumerable.Range(0, 250).Select(_ => Some.Event()).ToList();
        (await repetition.PublishAsync(events.ToAsyncEnumerable(), Cancellation)).ShouldBe(250);
        broker.Deeds.Where(deed => deed.StartsWith("published", StringComparison.Ordinal)).ShouldBe(["published 100", "published 100", "published 50"]);
    }

    [Fact]
    public async Task What_could_not_be_said_again_has_the_queues_looked_for_anew()
    {
        using var queues = Some.Queues(broker);
        var repetition = new Repetition(broker, queues, new MessagingOptions());
        await queues.EnsureAsync(Cancellation);
        broker.Forget();
        await Should.ThrowAsync<IOException>(() => repetition.PublishAsync([Some.Event()], Cancellation));
        await repetition.PublishAsync([Some.Event()], Cancellation);
        broker.Deeds[^1].ShouldBe("published 1");
    }

    /// <summary>A broker whose queues can vanish; notes what is done to it.</summary>
    private sealed class ForgetfulBroker : ITransport
    {
        private readonly HashSet<string> queues = [];

        public List<string> Deeds { get; } = [];

        public IReadOnlyList<string> Lacked { get; private set; } = [];

        public bool MayMake { get; set; } = true;

        public string? DiesOnceAt { get; set; }

        public string? DiesAlwaysAt { get; set; }

        public TransportCapabilities Capabilities { get; } = new("forgetful", false, true, false, true);

        public void Make(params IEnumerable<string> groups) => queues.UnionWith(groups);

        public void Forget() => queues.Clear();

        public Task<TransportLook> LookAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation)
        {
            Lacked = [.. subscriptions.Where(subscription => !queues.Contains(subscription.Group)).Select(subscription => $"queue {subscription.Group}")];
            return Task.FromResult(new TransportLook(Lacked, MayMake));
        }

        public Task PrepareAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation)
        {
            foreach (var group in subscriptions.Select(subscription => subscription.Group).Order().Where(group => !queues.Contains(group)))
            {
                if (!MayMake) throw new IOException("The broker is meant to make nothing.");
                if (DiesAlwaysAt == group || DiesOnceAt == group)
                {
                    DiesOnceAt = null;
                    throw new IOException("The process is meant to die.");
                }
                queues.Add(group);
                Deeds.Add($"made {group}");
            }
            return Task.CompletedTask;
        }

        public Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
        {
            if (events is [{ Type: "queues.made" } made])
            {
                var ears = Topology.Groups.Where(group => group.Value.Contains(made.Type) && queues.Contains(group.Key)).Select(group => group.Key).Order();
                Deeds.Add($"told {string.Join(", ", ears)} of {string.Join(", ", made.Read<QueuesMade>().Missing)}");
                return Task.CompletedTask;
            }
            if (queues.Count < Topology.Groups.Count) throw new IOException("The broker is meant to lack queues.");
            Deeds.Add($"published {events.Count}");
            return Task.CompletedTask;
        }

        public Task ConsumeAsync(Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(Subscription subscription, int limit, CancellationToken cancellation) => throw new NotSupportedException();

        public Task PingAsync(CancellationToken cancellation) => Task.CompletedTask;
    }
}

/// <summary>What tests say again and again.</summary>
internal static class Some
{
    private static readonly Kernel.Hosting.Ids Ids = new(TimeProvider.System);

    public static QueuePreparation Queues(ITransport transport, params IEnumerable<Consumer> consumers) =>
        new(transport, consumers, Ids, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<QueuePreparation>.Instance);

    public static CloudEvent Event() => new()
    {
        Id = Ids.New(),
        Source = "/fotograma/story",
        Type = "story.told",
        Subject = "story",
        Time = DateTimeOffset.UnixEpoch,
        Data = System.Text.Json.JsonSerializer.SerializeToElement(new { text = "again" }),
    };
}
