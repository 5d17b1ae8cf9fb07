using Fotograma.Kernel.Hosting;
using Fotograma.Notify.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Notify.Delivery;

/// <summary>
/// Sends what waits, one mail at a time. Delivery is at least once: a crash after the server took a mail and before this was noted, or a database that is
/// away for the rest of the lease, sends the same mail (same Message-ID) again once the lease has run out.
/// </summary>
internal sealed partial class MailSender(
    NotificationQueue queue, IMailDriver driver, [FromKeyedServices(MailSender.LinkName)] Link link, MailCounts counts, MailOptions options, Random chance, TimeProvider clock, ILogger<MailSender> log)
    : BackgroundService
{
    public const string LinkName = "mail";
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var began = clock.GetTimestamp();
                if (await queue.TakeAsync(stoppingToken) is { } taken) await SendAsync(taken, began, stoppingToken);
                else await queue.WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogQueueFailed(exception);
                await Task.Delay(PauseAfterFailure, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task SendAsync(TakenNotification taken, long began, CancellationToken cancellation)
    {
        var notification = taken.Notification;
        Steps.Reached(Steps.NoticeTaken);
        try
        {
            using var mail = Envelope.Of(notification, options.Sender);
            await driver.SendAsync(mail, cancellation);
        }
        catch (MailRefusedException exception)
        {
            link.Works();
            LogGivenUp(notification.Id, exception.Message);
            await queue.MarkFailedAsync(taken, exception.Message, cancellation);
            counts.GivenUp();
            return;
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            await RetryAsync(taken, exception, cancellation);
            return;
        }
        Steps.Reached(Steps.NoticeSent);
        link.Works();
        counts.Sent();
        await NoteAsync(taken, began);
        LogSent(notification.Id);
    }

    // The mail is out: the note of it must not be lost to a shutdown that comes at this moment, nor to a database that is away for a while. When the lease has run out others send
    // it again in any case.
    private async Task NoteAsync(TakenNotification taken, long began)
    {
        for (var pause = FirstPause; ; pause = pause < PauseAfterFailure ? pause * 2 : PauseAfterFailure)
        {
            try
            {
                await queue.MarkSentAsync(taken, CancellationToken.None);
                return;
            }
            catch (Exception exception) when (clock.GetElapsedTime(began) + pause < options.Lease)
            {
                LogNotNoted(exception, taken.Notification.Id);
                await Task.Delay(pause, clock, CancellationToken.None);
            }
        }
    }

    // Only the kind of failure is kept: servers put addresses into their sentences.
    private async Task RetryAsync(TakenNotification taken, Exception exception, CancellationToken cancellation)
    {
        var notification = taken.Notification;
        var answer = exception as MailKit.Net.Smtp.SmtpCommandException;
        var reason = answer is null ? exception.GetType().Name : $"SMTP status {(int)answer.StatusCode}";
        // A server that says no to one mail may take the next.
        if (answer is null) link.Fails(new MailServerAwayException(reason));
        var attempts = notification.FailedAttempts + 1;
        if (RetrySchedule.Next(options, notification.CreatedAt, clock.GetUtcNow(), attempts, Draw()) is { } pause)
        {
            LogRetry(notification.Id, attempts, reason);
            await queue.MarkRetryAsync(taken, pause, reason, cancellation);
            counts.Retried();
            return;
        }
        LogGivenUp(notification.Id, reason);
        await queue.MarkFailedAsync(taken, reason, cancellation);
        counts.GivenUp();
    }

    // The process shares one source of chance, which is not made for several threads.
    private double Draw()
    {
        lock (chance) return chance.NextDouble();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The notification {NotificationId} was sent.")]
    private partial void LogSent(Guid notificationId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The notification {NotificationId} was sent, which could not be noted; that is tried again.")]
    private partial void LogNotNoted(Exception exception, Guid notificationId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The notification {NotificationId} could not be sent (failure {Attempts}: {Reason}); it is tried again.")]
    private partial void LogRetry(Guid notificationId, int attempts, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The notification {NotificationId} is given up: {Reason}")]
    private partial void LogGivenUp(Guid notificationId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The waiting notifications could not be read or changed; the sender tries again.")]
    private partial void LogQueueFailed(Exception exception);
}
