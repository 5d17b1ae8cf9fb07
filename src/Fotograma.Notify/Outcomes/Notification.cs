namespace Fotograma.Notify.Outcomes;

/// <summary>One message to one person about one event of one job.</summary>
internal sealed class Notification
{
    public const string MailChannel = "mail";

    /// <summary>Names the mail too (Message-ID), so that a repeated delivery can be recognised by the receiver.</summary>
    public required Guid Id { get; init; }

    public required Guid JobId { get; init; }

    public required Guid VideoId { get; init; }

    public required Guid OwnerId { get; init; }

    /// <summary>The event's type.</summary>
    public required string Kind { get; init; }

    public required string Channel { get; init; }

    public required string ToAddress { get; init; }

    public required string ToName { get; init; }

    public required string Language { get; init; }

    public required string Subject { get; init; }

    public required string Text { get; init; }

    public required string Html { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required NotificationState State { get; init; }

    /// <summary>Attempts that failed.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>When it is to be tried next. A sender that takes it moves this beyond the longest attempt: the lease.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? LastFailure { get; init; }
}

/// <summary>Where a notification is on its way. The numbers are stored.</summary>
internal enum NotificationState
{
    Pending = 0,
    Sent = 1,
    Failed = 2,
}
