using Fotograma.Kernel.Hosting;
using Fotograma.Notify.Outcomes;
using Fotograma.Notify.Storage;

namespace Fotograma.Notify.Delivery;

/// <summary>The notifications that wait to be sent by mail. Several senders share the work, and what a crashed one held comes back by itself.</summary>
internal sealed class NotificationQueue(INotificationLog log, MailOptions options, TimeProvider clock)
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);
    private readonly Signal written = new(clock);

    public void Wake() => written.Set();

    /// <summary>Takes the notification that has been due the longest, for longer than the longest attempt takes.</summary>
    public Task<TakenNotification?> TakeAsync(CancellationToken cancellation) =>
        log.TakeAsync(Notification.MailChannel, options.Lease, cancellation);

    /// <summary>Returns when something was written or is due.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        var sleep = await log.NextDueAsync(Notification.MailChannel, options.Lease, cancellation) is { } due && due < LongestSleep ? due : LongestSleep;
        if (sleep > TimeSpan.Zero) await written.WaitAsync(sleep, cancellation);
    }

    public Task MarkSentAsync(TakenNotification taken, CancellationToken cancellation) => log.MarkSentAsync(taken, cancellation);

    public Task MarkFailedAsync(TakenNotification taken, string reason, CancellationToken cancellation) => log.MarkFailedAsync(taken, reason, cancellation);

    public Task MarkRetryAsync(TakenNotification taken, TimeSpan delay, string reason, CancellationToken cancellation) =>
        log.MarkRetryAsync(taken, delay, reason, cancellation);
}
