using Fotograma.Messaging.RabbitMq.Consuming;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Time.Testing;
using RabbitMQ.Client;

namespace Fotograma.Messaging.RabbitMq.Tests;

public sealed class SlotBoardTests
{
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(20);
    private readonly FakeTimeProvider clock = new();
    private readonly Slots slots = new(3);
    private readonly SlotBoard board;
    private ulong arrivals;

    public SlotBoardTests() => board = new SlotBoard(slots, Linger, clock, (_, tag) => new SlotConsumer(null!, tag, (_, _) => { }, _ => { }));

    [Fact]
    public void As_many_consumers_are_shown_as_slots_are_free()
    {
        slots.Take();

        Steps().ShouldBe(["show 1", "show 2"]);
        board.Patience.ShouldBeNull();
    }

    [Fact]
    public void A_slot_that_is_soon_free_again_keeps_its_consumer()
    {
        Steps();
        for (var turn = 0; turn < 100; turn++)
        {
            slots.Take();
            Steps().ShouldBeEmpty();
            clock.Advance(Linger - TimeSpan.FromMilliseconds(1));
            Steps().ShouldBeEmpty();
            slots.Return();
            Steps().ShouldBeEmpty();
            clock.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public void A_slot_that_stays_taken_takes_its_consumer_away()
    {
        Steps();
        slots.Take();
        slots.Take();
        Steps().ShouldBeEmpty();
        board.Patience.ShouldBe(Linger);
        clock.Advance(Linger);

        Steps().ShouldBe(["leave 1 Idle", "leave 2 Idle"]);
    }

    [Fact]
    public void What_comes_for_a_slot_that_was_taken_waits_for_another_and_is_then_handled()
    {
        var consumers = Show();
        for (var taken = 0; taken < 3; taken++) slots.Take();

        board.Arrived(consumers[1], Arrival()).ShouldBe(false);
        Steps().ShouldBeEmpty();
        slots.Return();

        Steps().ShouldBe(["handle 2"]);
    }

    [Fact]
    public void What_comes_for_a_slot_that_stays_taken_goes_back_when_its_consumer_has_left()
    {
        var consumers = Show();
        for (var taken = 0; taken < 3; taken++) slots.Take();
        Steps();
        board.Arrived(consumers[1], Arrival()).ShouldBe(false);
        clock.Advance(Linger);

        Steps().ShouldBe(["leave 2 Holding", "leave 1 Idle", "leave 3 Idle"]);
        board.Arrived(consumers[1], Arrival()).ShouldBeNull();
    }

    [Fact]
    public void An_event_is_acknowledged_at_once_where_its_slot_is_free_and_later_where_it_was_taken_meanwhile()
    {
        var consumers = Show();
        foreach (var consumer in consumers) board.Arrived(consumer, Arrival()).ShouldBe(true);
        board.Finished(consumers[0]).ShouldBeTrue();
        slots.Take();
        slots.Take();

        // One slot is free and the third handler works in it; the first consumer waits for an event already.
        board.Finished(consumers[1]).ShouldBeFalse();
        slots.Return();
        Steps().ShouldBeEmpty();
        slots.Return();

        Steps().ShouldBe(["acknowledge 2"]);
    }

    [Fact]
    public void An_event_whose_slot_stays_taken_is_acknowledged_when_its_consumer_has_left()
    {
        var consumers = Show();
        board.Arrived(consumers[0], Arrival()).ShouldBe(true);
        for (var taken = 0; taken < 3; taken++) slots.Take();
        board.Finished(consumers[0]).ShouldBeFalse();
        Steps();
        clock.Advance(Linger);

        Steps().ShouldBe(["leave 1 Done", "leave 2 Idle", "leave 3 Idle"]);
    }

    [Fact]
    public void In_the_end_every_consumer_leaves_and_what_ends_afterwards_is_acknowledged_at_once()
    {
        var consumers = Show();
        board.Arrived(consumers[0], Arrival()).ShouldBe(true);

        board.Close().Select(step => $"{step.Consumer.Tag} {step.Was}").ShouldBe(["1 Handling", "2 Idle", "3 Idle"]);

        board.Finished(consumers[0]).ShouldBeTrue();
        board.Arrived(consumers[1], Arrival()).ShouldBeNull();
        Steps().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_no_more_is_handled_than_slots_are_free_and_everything_is_settled_once(int seed)
    {
        var chance = new Random(seed);
        var (idle, handling, settled) = (new List<SlotConsumer>(), new List<SlotConsumer>(), new Dictionary<ulong, int>());
        var taken = 0;
        for (var turn = 0; turn < 5_000; turn++)
        {
            switch (chance.Next(5))
            {
                case 0 when taken < 5:
                    slots.Take();
                    taken++;
                    break;
                case 1 when taken > 0:
                    slots.Return();
                    taken--;
                    break;
                case 2 when idle.Count > 0:
                    var filled = idle[chance.Next(idle.Count)];
                    idle.Remove(filled);
                    var mayBegin = handling.Count < slots.Free;
                    board.Arrived(filled, Arrival()).ShouldBe(mayBegin);
                    if (mayBegin) handling.Add(filled);
                    break;
                case 3 when handling.Count > 0:
                    var ended = handling[chance.Next(handling.Count)];
                    handling.Remove(ended);
                    var of = ended.Arrival!.Tag;
                    if (!board.Finished(ended)) break;
                    settled[of] = settled.GetValueOrDefault(of) + 1;
                    idle.Add(ended);
                    break;
                default:
                    clock.Advance(TimeSpan.FromMilliseconds(chance.Next(8)));
                    break;
            }
            while (board.Next() is { } step)
            {
                if (step.Action is SlotAction.Handle) (handling.Count < slots.Free).ShouldBeTrue();
                if (step.Action is SlotAction.Handle) handling.Add(step.Consumer);
                if (step.Action is SlotAction.Show or SlotAction.Acknowledge) idle.Add(step.Consumer);
                if (step.Action is SlotAction.Leave) idle.Remove(step.Consumer);
                if (step.Action is SlotAction.Acknowledge or SlotAction.Leave && step.Arrival is { } arrival) settled[arrival.Tag] = settled.GetValueOrDefault(arrival.Tag) + 1;
            }
            (idle.Count >= slots.Free - handling.Count).ShouldBeTrue();
        }
        settled.Values.ShouldAllBe(times => times == 1);
        settled.Count.ShouldBeGreaterThan(100);
        ((ulong)(settled.Count + handling.Count + board.Close().Count(step => step.Was is SlotState.Done or SlotState.Holding))).ShouldBe(arrivals);
    }

    private Arrival Arrival() => new(++arrivals, new BasicProperties(), []);

    private List<SlotConsumer> Show()
    {
        var shown = new List<SlotConsumer>();
        while (board.Next() is { } step) shown.Add(step.Consumer);
        return shown;
    }

    private List<string> Steps()
    {
        var steps = new List<string>();
        while (board.Next() is { } step)
        {
            var what = step.Action.ToString().ToLowerInvariant();
            steps.Add(step.Action is SlotAction.Leave ? $"{what} {step.Consumer.Tag} {step.Was}" : $"{what} {step.Consumer.Tag}");
        }
        return steps;
    }
}
