using Confluent.Kafka;
using CsCheck;
using Fotograma.Messaging.Kafka.Consuming;

namespace Fotograma.Messaging.Kafka.Tests;

public sealed class PartitionProgressTests
{
    private static readonly TopicPartition Partition = new("topic", 0);

    [Fact]
    public void Place_is_unknown_until_something_was_fetched() => new PartitionProgress(Partition).Place.ShouldBeNull();

    [Fact]
    public void Place_is_the_first_event_that_is_not_settled()
    {
        var progress = new PartitionProgress(Partition);
        var events = Enumerable.Range(5, 3).Select(offset => Fetch(offset)).ToList();
        foreach (var fetched in events)
        {
            progress.Add(fetched).ShouldBeTrue();
            progress.Begin(fetched);
        }
        progress.Settle(events[1]);
        (progress.Place, progress.SettledAhead).ShouldBe((5, 1));
        progress.Settle(events[0]);
        (progress.Place, progress.SettledAhead).ShouldBe((7, 0));
        progress.Settle(events[2]);
        progress.Place.ShouldBe(8);
    }

    [Fact]
    public void Gaps_in_the_offsets_are_passed()
    {
        var progress = new PartitionProgress(Partition);
        var (one, two) = (Fetch(3), Fetch(90));
        foreach (var fetched in new[] { one, two })
        {
            progress.Add(fetched);
            progress.Begin(fetched);
        }
        progress.Settle(one);
        progress.Place.ShouldBe(90);
        progress.Settle(two);
        progress.Place.ShouldBe(91);
    }

    [Fact]
    public void What_is_still_being_handled_is_known_when_it_is_fetched_again_and_what_waited_is_not()
    {
        var progress = new PartitionProgress(Partition);
        var (running, waiting) = (Fetch(1), Fetch(2));
        progress.Add(running);
        progress.Add(waiting);
        progress.Begin(running);
        progress.GiveBack();
        // Settling it now must not pass over the one that waited and is gone from here.
        progress.Settle(running);
        progress.Place.ShouldBeNull();
        progress.Add(Fetch(1)).ShouldBeFalse();
        progress.Place.ShouldBe(2);
        progress.Add(Fetch(2)).ShouldBeTrue();
        progress.Place.ShouldBe(2);
    }

    [Fact]
    public void Record_in_the_place_of_another_is_a_new_one()
    {
        var progress = new PartitionProgress(Partition);
        var old = Fetch(0);
        progress.Add(old);
        progress.Begin(old);
        var fresh = Fetch(0, timestamp: 1000);
        progress.Add(fresh).ShouldBeTrue();
        old.IsForsaken.ShouldBeTrue();
        progress.WaitingInOrder.ShouldBe([fresh]);
        progress.Settle(old);
        progress.Place.ShouldBe(0);
    }

    // Steps: 0 to 3 fetch the next, 4 and 5 begin one that waits, 6 to 8 settle one that runs, 9 gives the partition back and gets it again.
    [Fact]
    public void Place_never_passes_an_event_that_is_not_settled_and_none_is_handled_twice() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 1000]).Array[0, 200].Sample(steps =>
        {
            var log = new Log();
            foreach (var (step, chance) in steps) log.Do(step, chance);
            log.Finish();
        });

    private static Fetched Fetch(long offset, long timestamp = 0) =>
        new() { Partition = Partition, Offset = offset, Timestamp = timestamp, Key = [], Body = [], Attempt = 1 };

    /// <summary>A partition as the broker has it, and what became of its events.</summary>
    private sealed class Log
    {
        private readonly PartitionProgress progress = new(Partition);
        private readonly HashSet<long> begun = [];
        private readonly HashSet<long> settled = [];
        private long fetch;
        private long committed;

        public void Do(int step, int chance)
        {
            if (step <= 3) progress.Add(Fetch(fetch++));
            else if (step <= 5) Pick(progress.WaitingInOrder, chance, Begin);
            else if (step <= 8) Pick(progress.Running, chance, Settle);
            else Rebalance();
            Commit();
        }

        public void Finish()
        {
            var most = begun.Count == 0 ? fetch : Math.Max(fetch, begun.Max() + 1);
            while (fetch < most) progress.Add(Fetch(fetch++));
            foreach (var waiting in progress.WaitingInOrder.ToList()) Begin(waiting);
            foreach (var running in progress.Running.ToList()) Settle(running);
            Commit();
            committed.ShouldBe(most);
            settled.Count.ShouldBe((int)most);
            progress.SettledAhead.ShouldBe(0);
        }

        private static void Pick(IEnumerable<Fetched> from, int chance, Action<Fetched> act)
        {
            var all = from.ToList();
            if (all.Count > 0) act(all[chance % all.Count]);
        }

        private void Begin(Fetched fetched)
        {
            begun.Add(fetched.Offset).ShouldBeTrue();
            progress.Begin(fetched);
        }

        private void Settle(Fetched fetched)
        {
            settled.Add(fetched.Offset);
            progress.Settle(fetched);
        }

        private void Rebalance()
        {
            Commit();
            progress.GiveBack();
            progress.IsHeld = true;
            fetch = committed;
        }

        private void Commit()
        {
            if (progress.Place is not { } place) return;
            for (var offset = 0L; offset < place; offset++) settled.ShouldContain(offset);
            committed = place;
        }
    }
}
