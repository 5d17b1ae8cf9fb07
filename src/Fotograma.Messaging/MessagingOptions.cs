using Fotograma.Kernel.Hosting;

namespace Fotograma.Messaging;

/// <summary>How events travel.</summary>
public sealed class MessagingOptions : ICheckedOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Messaging";

    /// <summary>The name of the built-in transport.</summary>
    public const string Embedded = "embedded";

    /// <summary>What carries events: <c>embedded</c>, or the name of a transport that the program brings along.</summary>
    public string Transport { get; set; } = Embedded;

    /// <summary>How often outboxes and embedded queues are looked at when nobody signalled, in milliseconds (50 to 60000).</summary>
    public int PollMilliseconds { get; set; } = 2000;

    /// <summary>Events a relay moves at a time (1 to 1000).</summary>
    public int RelayBatchEvents { get; set; } = 100;

    /// <summary>Deliveries of one event to one group before it is given up (1 to 100).</summary>
    public int DeliveriesMax { get; set; } = 10;

    /// <summary>How long a delivered event stays hidden from the group's other members, in seconds (1 to 3600).</summary>
    public int VisibilityTimeoutSeconds { get; set; } = 60;

    /// <summary><see cref="PollMilliseconds"/> as a time span.</summary>
    public TimeSpan PollInterval => TimeSpan.FromMilliseconds(PollMilliseconds);

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (PollMilliseconds is < 50 or > 60_000) yield return "PollMilliseconds must lie between 50 and 60000.";
        if (RelayBatchEvents is < 1 or > 1000) yield return "RelayBatchEvents must lie between 1 and 1000.";
        if (DeliveriesMax is < 1 or > 100) yield return "DeliveriesMax must lie between 1 and 100.";
        if (VisibilityTimeoutSeconds is < 1 or > 3600) yield return "VisibilityTimeoutSeconds must lie between 1 and 3600.";
    }
}
