namespace Fotograma.Notify.Delivery;

/// <summary>When a mail is tried again: exponential backoff with jitter, up to an hour apart, until its time is over.</summary>
internal static class RetrySchedule
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private const int DoublingsMax = 30;

    /// <summary>The pause until the next attempt, or null to give up.</summary>
    /// <param name="options">First pause and last hour.</param>
    /// <param name="createdAt">When the mail was written.</param>
    /// <param name="now">The present.</param>
    /// <param name="failedAttempts">Failures so far, from 1.</param>
    /// <param name="chance">0 up to 1; spreads mails that failed together.</param>
    public static TimeSpan? Next(MailOptions options, DateTimeOffset createdAt, DateTimeOffset now, int failedAttempts, double chance)
    {
        var full = TimeSpan.FromSeconds(options.RetryFirstSeconds) * Math.Pow(2, Math.Min(failedAttempts - 1, DoublingsMax));
        var pause = (full < LongestPause ? full : LongestPause) * (0.5 + chance / 2);
        return now + pause < createdAt + TimeSpan.FromHours(options.RetryHoursMax) ? pause : null;
    }
}
