using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Notify.Contacts;
using Fotograma.Notify.Delivery;
using Fotograma.Notify.Storage;
using Fotograma.Notify.Wording;

namespace Fotograma.Notify.Outcomes;

/// <summary>Writes down that somebody is to be told how their video ended. Cancelled and deleted jobs have no such event, so nobody is told.</summary>
internal sealed class OutcomeNotifier(
    ContactBook contacts, INotificationLog log, NotificationQueue queue, MailOptions options, Ids ids, TimeProvider clock)
{
    public async Task TellAsync(VideoProcessed message, CancellationToken cancellation)
    {
        var contact = await contacts.FindAsync(message.OwnerId, cancellation);
        var letter = Letter.Ready(contact.Language, contact.Name, message, LinkTo(message.VideoId));
        await WriteDownAsync(contact, VideoProcessed.Type, message.JobId, message.VideoId, letter, cancellation);
    }

    public async Task TellAsync(VideoFailed message, CancellationToken cancellation)
    {
        var contact = await contacts.FindAsync(message.OwnerId, cancellation);
        var letter = Letter.Failed(contact.Language, contact.Name, message, LinkTo(message.VideoId));
        await WriteDownAsync(contact, VideoFailed.Type, message.JobId, message.VideoId, letter, cancellation);
    }

    // The video's page shows its newest job, so the link stays right when the job is run again.
    private string LinkTo(Guid videoId) => $"{options.PublicUrl.TrimEnd('/')}/videos/{videoId}";

    private async Task WriteDownAsync(Contact contact, string kind, Guid jobId, Guid videoId, Letter letter, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var notification = new Notification
        {
            Id = ids.New(),
            JobId = jobId,
            VideoId = videoId,
            OwnerId = contact.UserId,
            Kind = kind,
            Channel = Notification.MailChannel,
            ToAddress = contact.Email,
            ToName = contact.Name,
            Language = contact.Language,
            Subject = letter.Subject,
            Text = letter.Text,
            Html = letter.Html,
            CreatedAt = now,
            State = NotificationState.Pending,
            DueAt = now,
        };
        // False when the event came again: after a lost answer, too, and then nobody was woken for it yet.
        if (await log.AddAsync(notification, cancellation)) Steps.Reached(Steps.NoticeWritten);
        queue.Wake();
    }
}
