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

    /// <summary>Deliveries of one event to one group that must fail before it may be given up (1 to 100).</summary>
    public int DeliveriesMax { get; set; } = 10;

    /// <summary>
    /// How long an event must have failed before it is given up, in minutes (0 to 4320): longer than anything that events need is ever away. Counts for handlers, which fail with
    /// their databases, and for events that a broker refuses while it takes others.
    /// </summary>
    public int GiveUpMinutes { get; set; } = 1440;

    /// <summary>How long a delivered event stays hidden from the group's other members, in seconds (1 to 3600).</summary>
    public int VisibilityTimeoutSeconds { get; set; } = 60;

    /// <summary>
    /// How far back news are told again when a broker lost its queues, in hours (0 to 720; 0: never): longer than a listener is ever away. What was told and handled before does no
    /// harm when it is told again.
    /// </summary>
    public int RepeatHours { get; set; } = 72;

    /// <summary>How long a relay may take to publish what it has read, and a vanished one keeps others from relaying on PostgreSQL, in seconds (1 to 3600).</summary>
    public int RelayTurnSeconds { get; set; } = 120;

    /// <summary><see cref="GiveUpMinutes"/> as a time span.</summary>
    public TimeSpan GiveUpAfter => TimeSpan.FromMinutes(GiveUpMinutes);

    /// <summary><see cref="RelayTurnSeconds"/> as a time span.</summary>
    public TimeSpan RelayTurn => TimeSpan.FromSeconds(RelayTurnSeconds);

    /// <summary><see cref="RepeatHours"/> as a time span.</summary>
    public TimeSpan RepeatReach => TimeSpan.FromHours(RepeatHours);

    /// <summary><see cref="PollMilliseconds"/> as a time span.</summary>
    public TimeSpan PollInterval => TimeSpan.FromMilliseconds(PollMilliseconds);

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (PollMilliseconds is < 50 or > 60_000) yield return "PollMilliseconds must lie between 50 and 60000.";
        if (RelayBatchEvents is < 1 or > 1000) yield return "RelayBatchEvents must lie between 1 and 1000.";
        if (DeliveriesMax is < 1 or > 100) yield return "DeliveriesMax must lie between 1 and 100.";
        if (GiveUpMinutes is < 0 or > 4320) yield return "GiveUpMinutes must lie between 0 and 4320.";
        if (RepeatHours is < 0 or > 720) yield return "RepeatHours must lie between 0 and 720.";
        if (RelayTurnSeconds is < 1 or > 3600) yield return "RelayTurnSeconds must lie between 1 and 3600.";
        if (VisibilityTimeoutSeconds is < 1 or > 3600) yield return "VisibilityTimeoutSeconds must lie between 1 and 3600.";
    }
}
