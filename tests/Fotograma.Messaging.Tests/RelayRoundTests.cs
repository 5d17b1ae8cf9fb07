using System.Text.Json;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Messaging.Tests;

/// <summary>What a relay does when some of the events cannot be published, or none.</summary>
public sealed class RelayRoundTests
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddYears(55));
    private readonly MessagingOptions options = new() { GiveUpMinutes = 60 };
    private readonly HeldEvents held;
    private readonly List<WaitingEvent> waiting = [];
    private readonly List<string> arrived = [];
    private readonly HashSet<string> refused = [];
    private readonly HashSet<string> refusedTypes = [];
    private bool isAway;
    private int asked;

    public RelayRoundTests() => held = new HeldEvents(options, clock);

    [Fact]
    public async Task What_can_be_published_goes_in_one_batch()
    {
        Write("a", "b", "c");
        await RoundAsync();
        (asked, waiting.Count).ShouldBe((1, 0));
    }

    [Fact]
    public async Task One_event_that_is_refused_keeps_nobody()
    {
        Write("a", "bad", "b");
        refused.Add("bad");
        await RoundAsync();
        arrived.ShouldBe(["a", "b"]);
        Texts.ShouldBe(["bad"]);
    }

    [Fact]
    public async Task Refused_event_is_left_out_of_the_next_batch_and_comes_at_its_own_pace()
    {
        Write("bad", "a");
        refused.Add("bad");
        await RoundAsync();
        Write("b", "c");
        asked = 0;
        await RoundAsync();
        asked.ShouldBe(1);
        arrived.ShouldBe(["a", "b", "c"]);
        refused.Clear();
        clock.Advance(TimeSpan.FromSeconds(1));
        await RoundAsync();
        arrived.ShouldBe(["a", "b", "c", "bad"]);
    }

    [Fact]
    public async Task Event_that_is_alone_and_refused_does_not_hold_up_one_that_was_refused_before()
    {
        Write("mended", "a");
        refused.Add("mended");
        await RoundAsync();
        refused.Clear();
        refused.Add("bad");
        clock.Advance(TimeSpan.FromSeconds(1));
        Write("bad");
        asked = 0;
        await RoundAsync();
        arrived.ShouldBe(["a", "mended"]);
        Texts.ShouldBe(["bad"]);
        asked.ShouldBe(2, "Once each.");
    }

    [Fact]
    public async Task Later_events_of_a_subject_wait_behind_a_refused_one_until_it_is_put_aside()
    {
        Write(("bad", "one"), ("after", "one"), ("other", "two"));
        refused.Add("bad");
        await RoundAsync();
        arrived.ShouldBe(["other"]);
        await UntilPutAsideAsync();
        Texts.ShouldBe(["after"]);
        await RoundAsync();
        arrived[^1].ShouldBe("after");
        waiting.ShouldBeEmpty();
    }

    [Fact]
    public async Task Event_is_put_aside_only_when_it_was_refused_for_long_enough_while_others_were_taken()
    {
        Write("bad", "a");
        refused.Add("bad");
        await RoundAsync();
        // Nothing else comes for a day: who knows what is the matter.
        for (var hour = 0; hour < 24; hour++)
        {
            clock.Advance(TimeSpan.FromHours(1));
            (await RoundAsync()).ShouldNotContain(fate => fate is EventFate.Quarantined);
        }
        for (var tries = 2; ; tries++)
        {
            clock.Advance(TimeSpan.FromMinutes(2));
            Write($"fresh {tries}");
            if ((await RoundAsync()).OfType<EventFate.Quarantined>().SingleOrDefault() is not { } aside) continue;
            aside.Reason.ShouldBe("IOException: The event bad is too large.");
            tries.ShouldBe(5);
            return;
        }
    }

    [Fact]
    public async Task Broker_that_takes_nothing_says_nothing_about_the_events()
    {
        Write("a", "b", "c");
        refusedTypes.Add(Told.Type);
        for (var round = 0; round < 20; round++)
        {
            clock.Advance(TimeSpan.FromHours(1));
            await Should.ThrowAsync<IOException>(RoundAsync);
        }
        held.IsEmpty.ShouldBeTrue();
        Texts.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task Broker_that_gives_no_sign_of_life_is_not_asked_about_every_event()
    {
        Write("a", "b", "c");
        isAway = true;
        await Should.ThrowAsync<IOException>(RoundAsync);
        asked.ShouldBe(1);
    }

    [Fact]
    public async Task Topic_that_takes_nothing_is_not_asked_about_every_event_and_holds_up_no_other()
    {
        for (var i = 0; i < 50; i++) Write(($"{i}", $"{i}"));
        waiting.AddRange(waiting.Select(one => new WaitingEvent($"{one.Key}.other", one.Event! with { Type = "story.other", Subject = $"{one.Key}.other" }, null)).ToList());
        refusedTypes.Add(Told.Type);
        await RoundAsync();
        arrived.Count.ShouldBe(50);
        waiting.Count.ShouldBe(50);
        asked.ShouldBe(1 + 5 + 50);
        // None is put aside that was not tried itself.
        for (var round = 0; round < 9; round++)
        {
            clock.Advance(TimeSpan.FromHours(1));
            Write(($"fresh {round}", $"fresh {round}"));
            waiting[^1] = waiting[^1] with { Event = waiting[^1].Event! with { Type = "story.other" } };
            (await RoundAsync()).ShouldNotContain(fate => fate is EventFate.Quarantined);
        }
    }

    [Fact]
    public async Task What_cannot_be_read_is_put_aside_at_once()
    {
        waiting.Add(new WaitingEvent("broken", null, "not a CloudEvent 1.0"));
        Write("a");
        (await RoundAsync())[0].ShouldBeOfType<EventFate.Quarantined>().Reason.ShouldBe("not a CloudEvent 1.0");
        arrived.ShouldBe(["a"]);
    }

    private IEnumerable<string> Texts => waiting.Select(one => one.Event!.Read<Told>().Text);

    private void Write(params string[] texts) => Write([.. texts.Select(text => (text, text))]);

    private void Write(params (string Text, string Subject)[] events) => waiting.AddRange(events.Select(one => new WaitingEvent(one.Text, new CloudEvent
    {
        Id = new Guid(waiting.Count + 1, 0, 0, new byte[8]),
        Source = "/fotograma/story",
        Type = Told.Type,
        Subject = one.Subject,
        Time = DateTimeOffset.UnixEpoch,
        Data = JsonSerializer.SerializeToElement(new Told(one.Text)),
    }, null)));

    // As the store does with what it is told.
    private async Task<IReadOnlyList<EventFate>> RoundAsync()
    {
        var round = new RelayRound(waiting, held, PublishAsync, () => isAway ? throw new TimeoutException() : Task.CompletedTask, TimeSpan.FromSeconds(30), clock);
        await round.RunAsync(TestContext.Current.CancellationToken);
        var staying = waiting.Where((_, place) => round.Fates[place] is EventFate.Stays).ToList();
        waiting.Clear();
        waiting.AddRange(staying);
        held.KeepOnly(waiting.Select(one => one.Key).ToHashSet());
        return round.Fates;
    }

    private async Task UntilPutAsideAsync()
    {
        for (var round = 0; round < 100; round++)
        {
            clock.Advance(TimeSpan.FromMinutes(15));
            Write($"fresh {round}");
            if ((await RoundAsync()).Any(fate => fate is EventFate.Quarantined)) return;
        }
        throw new TimeoutException("Nothing was put aside.");
    }

    private Task PublishAsync(IReadOnlyList<CloudEvent> events)
    {
        asked++;
        if (isAway || events.Any(happened => refusedTypes.Contains(happened.Type))) throw new IOException("The broker is meant to fail.");
        if (events.FirstOrDefault(happened => refused.Contains(happened.Read<Told>().Text)) is { } bad)
            throw new IOException($"The event {bad.Read<Told>().Text} is too large.");
        arrived.AddRange(events.Select(happened => happened.Read<Told>().Text));
        return Task.CompletedTask;
    }
}
