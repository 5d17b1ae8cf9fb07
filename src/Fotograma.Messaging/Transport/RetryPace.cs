namespace Fotograma.Messaging.Transport;

/// <summary>How fast an event comes again whose handler failed: soon at first, because most causes pass at once, and then at a pace that can be kept up for days.</summary>
public static class RetryPace
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    /// <summary>How long it waits after a failure.</summary>
    /// <param name="attempt">The delivery that failed, from 1.</param>
    public static TimeSpan DelayAfter(int attempt)
    {
        var delay = FirstDelay * Math.Pow(2, Math.Clamp(attempt - 1, 0, 20));
        return delay < LongestDelay ? delay : LongestDelay;
    }

    /// <summary>How many deliveries there are within a time at most when each of them fails at once. What a transport counts beyond them had no outcome.</summary>
    public static int DeliveriesWithin(TimeSpan time)
    {
        var deliveries = 1;
        for (var delay = FirstDelay; delay < LongestDelay; delay = DelayAfter(deliveries))
        {
            if (time < delay) return deliveries;
            time -= delay;
            deliveries++;
        }
        return deliveries + (int)Math.Min(time / LongestDelay, int.MaxValue / 2);
    }
}
