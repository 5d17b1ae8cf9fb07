using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Consumers;

/// <summary>
/// When an event is given up that was not dealt with. A failure says little about the event: a database that is away fails every handler for as long as it is away. So it takes
/// many failures and a long time. Deliveries without any outcome, which are those whose process died, may be many too: one that dies takes along whatever it had in hand.
/// </summary>
internal sealed class Patience(MessagingOptions options, TimeProvider clock)
{
    private const int DeathsPerDelivery = 10;

    /// <summary>Whether the event, which has failed once more, failed often enough and for long enough.</summary>
    public bool IsOver(Delivery delivery) => delivery.Attempt >= options.DeliveriesMax && FailsFor(delivery) >= options.GiveUpAfter;

    /// <summary>
    /// Whether so many deliveries had no outcome that handing the event out once more would only end another process. Seen only where the transport counts deliveries.
    /// </summary>
    public bool IsDeadly(Delivery delivery) =>
        delivery.Attempt - RetryPace.DeliveriesWithin(FailsFor(delivery)) > DeathsPerDelivery * options.DeliveriesMax;

    private TimeSpan FailsFor(Delivery delivery)
    {
        var first = delivery.FirstAt ?? delivery.Event.Time;
        var now = clock.GetUtcNow();
        return first < now ? now - first : TimeSpan.Zero;
    }
}
