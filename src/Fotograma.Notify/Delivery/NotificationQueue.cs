using Fotograma.Kernel.Hosting;
using Fotograma.Notify.Outcomes;
using Fotograma.Notify.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Notify.Delivery;

/// <summary>
/// The notifications that wait. Taking one moves its due time past the longest attempt (the lease), and only the taker that finds the due time it saw succeeds:
/// several senders share the work, and what a crashed one held comes back by itself.
/// </summary>
internal sealed class NotificationQueue(IDbContextFactory<NotifyDb> databases, MailOptions options, TimeProvider clock)
{
    private static readonly TimeSpan LeaseBeyondTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);
    private readonly Signal written = new(clock);

    public void Wake() => written.Set();

    /// <summary>Takes the notification that has been due the longest.</summary>
    public async Task<Notification?> TakeAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        while (true)
        {
            var now = clock.GetUtcNow();
            var found = await Waiting(db).Where(n => n.DueAt <= now).OrderBy(n => n.DueAt).FirstOrDefaultAsync(cancellation);
            if (found is null) return null;
            var until = now + options.Smtp.Timeout + LeaseBeyondTimeout;
            var taken = await Waiting(db).Where(n => n.Id == found.Id && n.DueAt == found.DueAt)
                .ExecuteUpdateAsync(change => change.SetProperty(n => n.DueAt, until), cancellation);
            if (taken == 1) return found;
        }
    }

    /// <summary>Returns when something was written or is due.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = clock.GetUtcNow();
        var due = await Waiting(db).OrderBy(n => n.DueAt).Select(n => (DateTimeOffset?)n.DueAt).FirstOrDefaultAsync(cancellation);
        var sleep = due is { } at && at - now < LongestSleep ? at - now : LongestSleep;
        if (sleep > TimeSpan.Zero) await written.WaitAsync(sleep, cancellation);
    }

    public Task MarkSentAsync(Notification notification, CancellationToken cancellation) =>
        ChangeAsync(notification, NotificationState.Sent, notification.DueAt, notification.FailedAttempts, null, cancellation);

    public Task MarkFailedAsync(Notification notification, string reason, CancellationToken cancellation) =>
        ChangeAsync(notification, NotificationState.Failed, notification.DueAt, notification.FailedAttempts + 1, reason, cancellation);

    public Task MarkRetryAsync(Notification notification, DateTimeOffset next, string reason, CancellationToken cancellation) =>
        ChangeAsync(notification, NotificationState.Pending, next, notification.FailedAttempts + 1, reason, cancellation);

    private static IQueryable<Notification> Waiting(NotifyDb db) => db.Notifications.AsNoTracking().Where(n => n.State == NotificationState.Pending);

    private async Task ChangeAsync(
        Notification notification, NotificationState state, DateTimeOffset dueAt, int failedAttempts, string? failure, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await Waiting(db).Where(n => n.Id == notification.Id).ExecuteUpdateAsync(
            change => change.SetProperty(n => n.State, state).SetProperty(n => n.DueAt, dueAt)
                .SetProperty(n => n.FailedAttempts, failedAttempts).SetProperty(n => n.LastFailure, failure),
            cancellation);
    }
}
