using System.Text.Json;
using Fotograma.Messages;
using Fotograma.Messaging.Consumers;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Messaging.Tests;

/// <summary>When events come again, and when they are given up.</summary>
public sealed class PatienceTests
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddYears(55));
    private readonly MessagingOptions options = new();
    private readonly Patience patience;

    public PatienceTests() => patience = new Patience(options, clock);

    [Fact]
    public void Delays_double_up_to_five_minutes()
    {
        RetryPace.DelayAfter(1).ShouldBe(TimeSpan.FromMilliseconds(200));
        RetryPace.DelayAfter(2).ShouldBe(TimeSpan.FromMilliseconds(400));
        RetryPace.DelayAfter(11).ShouldBe(TimeSpan.FromMilliseconds(204_800));
        RetryPace.DelayAfter(12).ShouldBe(TimeSpan.FromMinutes(5));
        RetryPace.DelayAfter(int.MaxValue).ShouldBe(TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void Outage_of_hours_buries_nothing_and_one_of_a_day_does()
    {
        var (time, attempt) = (TimeSpan.Zero, 1);
        for (; time < TimeSpan.FromMinutes(options.GiveUpMinutes); time += RetryPace.DelayAfter(attempt++))
        {
            var failed = Delivery(attempt, time);
            patience.IsOver(failed).ShouldBeFalse($"attempt {attempt} after {time}");
            patience.IsDeadly(failed).ShouldBeFalse();
        }
        patience.IsOver(Delivery(attempt, time)).ShouldBeTrue();
        attempt.ShouldBeInRange(200, 400);
        RetryPace.DeliveriesWithin(time).ShouldBe(attempt);
    }

    [Fact]
    public void Event_that_waited_for_days_is_tried_as_often_as_any_other() =>
        patience.IsOver(Delivery(options.DeliveriesMax - 1, TimeSpan.FromDays(3))).ShouldBeFalse();

    [Fact]
    public void Event_whose_deliveries_have_no_outcome_is_deadly_in_the_end()
    {
        // The visibility timeout is what a crash costs.
        var visibility = TimeSpan.FromSeconds(options.VisibilityTimeoutSeconds);
        patience.IsDeadly(Delivery(20, 20 * visibility)).ShouldBeFalse();
        var deaths = Enumerable.Range(1, 1000).First(attempt => patience.IsDeadly(Delivery(attempt, attempt * visibility)));
        deaths.ShouldBeInRange(10 * options.DeliveriesMax, 20 * options.DeliveriesMax);
    }

    [Fact]
    public void Where_the_transport_does_not_tell_since_when_the_event_itself_does()
    {
        var old = new Delivery(Delivery(1, TimeSpan.Zero).Event with { Time = clock.GetUtcNow().AddDays(-2) }, options.DeliveriesMax);
        patience.IsOver(old).ShouldBeTrue();
        patience.IsOver(old with { Event = old.Event with { Time = clock.GetUtcNow().AddDays(2) } }).ShouldBeFalse();
    }

    private Delivery Delivery(int attempt, TimeSpan since) => new(new CloudEvent
    {
        Id = new Guid(1, 0, 0, new byte[8]),
        Source = "/fotograma/story",
        Type = Told.Type,
        Subject = "story",
        Time = DateTimeOffset.UnixEpoch,
        Data = JsonSerializer.SerializeToElement(new Told("text")),
    }, attempt) { FirstAt = clock.GetUtcNow() - since };
}
