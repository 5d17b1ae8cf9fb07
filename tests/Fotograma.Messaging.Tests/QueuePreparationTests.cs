using Fotograma.Messages;
using Fotograma.Messaging.Consumers;
using Fotograma.Messaging.Repeating;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Time.Testing;

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
        broker.Deeds.ShouldBe(["made auth", "made video", "told auth, video of notify", "made notify", "made worker"]);
        queues.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Nobody_is_told_anything_while_all_queues_are_there()
    {
        broker.Make(Everybody);
        using var queues = Some.Queues(broker);
        await queues.EnsureAsync(Cancellation);
        broker.Deeds.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("auth", "video")]
    [InlineData("worker")]
    public async Task Queues_in_which_nothing_waits_that_could_be_said_again_are_made_and_nobody_is_told(params string[] missing)
    {
        broker.Make(Everybody.Except(missing));
        using var queues = Some.Queues(broker);
        await queues.EnsureAsync(Cancellation);
        broker.Deeds.ShouldBe(missing.Select(group => $"made {group}"));
    }

    [Fact]
    public async Task Death_between_the_news_and_the_queues_repeats_the_news()
    {
        broker.DiesOnceAt = "notify";
        using (var queues = Some.Queues(broker)) await Should.ThrowAsync<IOException>(() => queues.EnsureAsync(Cancellation));
        broker.Deeds.Clear();
        using (var queues = Some.Queues(broker)) await queues.EnsureAsync(Cancellation);
        broker.Deeds.ShouldContain("told auth, video of notify");
    }

    [Fact]
    public async Task Who_may_make_none_tells_it_once_an_operator_has_made_them()
    {
        broker.MayMake = false;
        using var queues = Some.Queues(broker);
        for (var tries = 0; tries < 2; tries++) await Should.ThrowAsync<IOException>(() => queues.EnsureAsync(Cancellation));
        queues.Failure.ShouldBeOfType<IOException>("Health says so.");
        broker.Make(Everybody);
        await queues.EnsureAsync(Cancellation);
        broker.Deeds.ShouldBe(["told auth, video of notify"]);
        queues.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task What_cannot_be_made_is_not_told_of_at_every_try()
    {
        broker.DiesAlwaysAt = "notify";
        using var queues = Some.Queues(broker);
        for (var tries = 0; tries < 5; tries++) await Should.ThrowAsync<IOException>(() => queues.EnsureAsync(Cancellation));
        Told().ShouldBe(1);
    }

    [Fact]
    public async Task What_others_make_meanwhile_is_no_reason_to_tell_it_again()
    {
        broker.DiesAlwaysAt = "worker";
        using var queues = Some.Queues(broker, new Consumer("listeners").On<VideoFailed, object>((_, _, _, _) => Task.CompletedTask));
        await Should.ThrowAsync<IOException>(() => queues.EnsureAsync(Cancellation));
        broker.Make("listeners");
        await Should.ThrowAsync<IOException>(() => queues.EnsureAsync(Cancellation));
        Told().ShouldBe(1);
    }

    [Fact]
    public async Task A_second_loss_is_told_again()
    {
        using var queues = Some.Queues(broker);
        for (var losses = 0; losses < 2; losses++)
        {
            broker.Forget();
            queues.Forget();
            await queues.EnsureAsync(Cancellation);
            queues.Forget();
            await queues.EnsureAsync(Cancellation);
        }
        Told().ShouldBe(2);
    }

    [Fact]
    public async Task A_second_loss_is_told_again_though_nobody_looked_in_between()
    {
        using var queues = Some.Queues(broker);
        for (var losses = 0; losses < 2; losses++)
        {
            broker.Forget();
            queues.Forget();
            await queues.EnsureAsync(Cancellation);
        }
        Told().ShouldBe(2);
    }

    [Fact]
    public async Task Who_could_not_hear_of_a_loss_is_told_once_it_can_though_nothing_else_is_amiss()
    {
        broker.RefusesAlways = "auth";
        var clock = new FakeTimeProvider();
        using var queues = Some.Queues(broker, clock);
        await queues.EnsureAsync(Cancellation);
        broker.RefusesAlways = null;
        await queues.EnsureAsync(Cancellation);
        broker.Asked.ShouldBe([("video", null)]);
        clock.Advance(TimeSpan.FromMinutes(1));
        await queues.EnsureAsync(Cancellation);
        broker.Asked.ShouldBe([("video", null), ("auth", null)]);
    }

    [Fact]
    public async Task A_second_loss_is_told_to_those_who_heard_of_the_first_while_another_cannot_be_had()
    {
        broker.RefusesAlways = "auth";
        using var queues = Some.Queues(broker);
        await queues.EnsureAsync(Cancellation);
        broker.Asked.ShouldBe([("video", null)]);
        broker.Forget();
        queues.Forget();
        await queues.EnsureAsync(Cancellation);
        broker.Asked.ShouldBe([("video", null), ("video", null)]);
        queues.Forget();
        await queues.EnsureAsync(Cancellation);
        broker.Asked.Count.ShouldBe(2, "Nothing was lost meanwhile.");
        broker.RefusesAlways = null;
        queues.Forget();
        await queues.EnsureAsync(Cancellation);
        broker.Asked.ShouldBe([("video", null), ("video", null), ("auth", null)], "Both losses are one piece of news for who hears of them now.");
    }

    [Fact]
    public async Task What_cannot_be_made_after_a_second_loss_is_not_told_of_at_every_try()
    {
        broker.RefusesAlways = "auth";
        using var queues = Some.Queues(broker);
        await queues.EnsureAsync(Cancellation);
        broker.Forget();
        broker.DiesAlwaysAt = "notify";
        queues.Forget();
        for (var tries = 0; tries < 3; tries++) await Should.ThrowAsync<IOException>(() => queues.EnsureAsync(Cancellation));
        broker.Asked.ShouldBe([("video", null), ("video", null)]);
    }

    [Fact]
    public async Task A_doubt_that_comes_while_queues_are_made_has_them_looked_for_once_more()
    {
        using var queues = Some.Queues(broker);
        broker.Meanwhile = queues.Forget;
        await queues.EnsureAsync(Cancellation);
        broker.Meanwhile = () => { };
        broker.Forget();
        await queues.EnsureAsync(Cancellation);
        broker.Deeds.Count(deed => deed == "made worker").ShouldBe(2);
    }

    [Fact]
    public async Task Where_the_tellers_queues_cannot_be_had_everything_else_goes_on()
    {
        broker.RefusesAlways = "auth";
        using var queues = Some.Queues(broker);
        await queues.EnsureAsync(Cancellation);
        broker.Deeds.ShouldBe(["made video", "made notify", "made worker"]);
        broker.Asked.ShouldBe([("video", null)], "Who can hear of the loss is told at once.");
        (await Should.ThrowAsync<InvalidOperationException>(() => RepetitionOf(queues).AskAsync(null, Cancellation))).Message.ShouldContain("auth and video");
        broker.RefusesAlways = null;
        queues.Forget();
        await queues.EnsureAsync(Cancellation);
        broker.Asked.ShouldBe([("video", null), ("auth", null)], "The other is told as soon as it can hear.");
        queues.Forget();
        await queues.EnsureAsync(Cancellation);
        broker.Asked.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Who_listens_for_a_tellers_queue_that_cannot_be_had_makes_nobody_look_for_it_all_the_time()
    {
        broker.Make(Everybody.Except(["auth"]));
        broker.RefusesAlways = "auth";
        var clock = new FakeTimeProvider();
        using var queues = Some.Queues(broker, clock);
        await queues.EnsureAsync(Cancellation);
        var before = broker.Looks;
        queues.Forget(new Subscription("auth", Topology.Groups["auth"]));
        await queues.EnsureAsync(Cancellation);
        broker.Looks.ShouldBe(before);
        queues.Forget(new Subscription("worker", Topology.Groups["worker"]));
        await queues.EnsureAsync(Cancellation);
        broker.Looks.ShouldBe(before + 1, "What others miss may have been there.");
        broker.RefusesAlways = null;
        clock.Advance(TimeSpan.FromMinutes(1));
        queues.Forget(new Subscription("auth", Topology.Groups["auth"]));
        await queues.EnsureAsync(Cancellation);
        broker.Deeds.ShouldContain("made auth");
        queues.CanTell.ShouldBeTrue();
    }

    [Fact]
    public async Task A_hiccup_of_the_tellers_queues_while_others_are_lost_is_waited_for_and_the_loss_is_told()
    {
        broker.DiesOnceAt = "auth";
        using var queues = Some.Queues(broker);
        await Should.ThrowAsync<IOException>(() => queues.EnsureAsync(Cancellation));
        broker.Deeds.ShouldBeEmpty("Nothing is made of which nobody could see any more that it had been missing.");
        queues.Failure.ShouldBeOfType<IOException>("Health says so.");
        await queues.EnsureAsync(Cancellation);
        broker.Deeds.ShouldBe(["made auth", "made video", "told auth, video of notify", "made notify", "made worker"]);
    }

    [Fact]
    public async Task A_hiccup_of_the_tellers_queues_while_nothing_is_lost_holds_up_nobody()
    {
        broker.Make("notify");
        broker.DiesAlwaysAt = "auth";
        using var queues = Some.Queues(broker);
        await queues.EnsureAsync(Cancellation);
        broker.Deeds.ShouldBe(["made video", "made worker"]);
        queues.CanTell.ShouldBeFalse();
        // Health is not for what everything goes on without.
        queues.Complain(new Subscription("auth", [QueuesMade.Type]), new IOException("no queue"));
        queues.Troubles.Any.ShouldBeNull();
        queues.Complain(new Subscription("worker", ["video.uploaded"]), new IOException("no right"));
        queues.Troubles.Any.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_could_not_be_said_again_has_the_queues_looked_for_anew()
    {
        using var queues = Some.Queues(broker);
        var repetition = RepetitionOf(queues);
        await queues.EnsureAsync(Cancellation);
        broker.Forget();
        await Should.ThrowAsync<IOException>(() => repetition.PublishAsync([Some.Event()], Cancellation));
        await repetition.PublishAsync([Some.Event()], Cancellation);
        broker.Deeds[^1].ShouldBe("published 1");
    }

    [Fact]
    public async Task A_teller_says_a_thousand_facts_and_asks_itself_for_more()
    {
        broker.Make(Everybody);
        using var queues = Some.Queues(broker);
        var turns = RepetitionOf(queues).TurnsOf("video");
        var facts = Enumerable.Range(1, 2500).Select(number => new Guid(number, 0, 0, new byte[8])).ToList();
        (await turns.TakeAsync(new QueuesMade(["notify"]), PageAsync, Cancellation)).ShouldBe(1000);
        broker.Asked.ShouldBe([("video", facts[999])]);
        (await turns.TakeAsync(new QueuesMade(["notify"], "video", facts[999]), PageAsync, Cancellation)).ShouldBe(1000);
        (await turns.TakeAsync(new QueuesMade(["notify"], "video", facts[1999]), PageAsync, Cancellation)).ShouldBe(500);
        broker.Asked.Count.ShouldBe(2, "The last page is not followed by another.");
        (await turns.TakeAsync(new QueuesMade(["notify"], "auth", facts[999]), PageAsync, Cancellation)).ShouldBe(0, "That is another teller's.");

        Task<(IReadOnlyList<CloudEvent>, Guid?)> PageAsync(Guid? after, CancellationToken cancellation)
        {
            var page = facts.Where(fact => after is null || fact.CompareTo(after.Value) > 0).Take(1000).ToList();
            return Task.FromResult<(IReadOnlyList<CloudEvent>, Guid?)>(([.. page.Select(_ => Some.Event())], page.Count > 0 ? page[^1] : null));
        }
    }

    [Fact]
    public async Task Many_that_found_the_queues_missing_at_once_have_it_told_once_by_who_tells_already_and_once_more()
    {
        broker.Make(Everybody);
        using var queues = Some.Queues(broker);
        var turns = RepetitionOf(queues).TurnsOf("video");
        var (begun, held) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = turns.TakeAsync(new QueuesMade(["notify"]), HeldAsync, Cancellation);
        await begun.Task.WaitAsync(Cancellation);
        var others = Enumerable.Range(0, 20).Select(_ => turns.TakeAsync(new QueuesMade(["notify"]), OneAsync, Cancellation)).ToList();
        held.SetResult();
        (await first).ShouldBe(1);
        (await Task.WhenAll(others)).Sum().ShouldBe(1, "They came while the first one told; one repetition does for all of them.");
        (await turns.TakeAsync(new QueuesMade(["notify"]), OneAsync, Cancellation)).ShouldBe(1, "Who comes later may have seen another loss.");

        async Task<(IReadOnlyList<CloudEvent>, Guid?)> HeldAsync(Guid? after, CancellationToken cancellation)
        {
            begun.SetResult();
            await held.Task.WaitAsync(cancellation);
            return await OneAsync(after, cancellation);
        }
    }

    [Fact]
    public async Task A_repetition_that_fails_is_not_taken_for_one_that_was_made()
    {
        broker.Make(Everybody);
        using var queues = Some.Queues(broker);
        var turns = RepetitionOf(queues).TurnsOf("video");
        var held = new TaskCompletionSource();
        var failing = turns.TakeAsync(new QueuesMade(["notify"]), FailAsync, Cancellation);
        var waiting = turns.TakeAsync(new QueuesMade(["notify"]), OneAsync, Cancellation);
        held.SetResult();
        await Should.ThrowAsync<IOException>(() => failing);
        (await waiting).ShouldBe(1);

        async Task<(IReadOnlyList<CloudEvent>, Guid?)> FailAsync(Guid? after, CancellationToken cancellation)
        {
            await held.Task.WaitAsync(cancellation);
            throw new IOException("The ledger is meant to be away.");
        }
    }

    private static Task<(IReadOnlyList<CloudEvent>, Guid?)> OneAsync(Guid? after, CancellationToken cancellation) =>
        Task.FromResult<(IReadOnlyList<CloudEvent>, Guid?)>(([Some.Event()], Guid.Empty));

    private Repetition RepetitionOf(QueuePreparation queues) => new(broker, queues, new MessagingOptions());

    private int Told() => broker.Deeds.Count(deed => deed.StartsWith("told", StringComparison.Ordinal));
}

/// <summary>What tests say again and again.</summary>
internal static class Some
{
    public static readonly Kernel.Hosting.Ids Ids = new(TimeProvider.System);

    public static QueuePreparation Queues(ITransport transport, params IEnumerable<Consumer> consumers) => Queues(transport, TimeProvider.System, consumers);

    public static QueuePreparation Queues(ITransport transport, TimeProvider clock, params IEnumerable<Consumer> consumers) =>
        new(transport, consumers, Ids, clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<QueuePreparation>.Instance);

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
