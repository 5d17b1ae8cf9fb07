using Fotograma.Notify.Outcomes;
using MimeKit;
using MimeKit.Text;

namespace Fotograma.Notify.Delivery;

/// <summary>Makes the mail of a notification; the same notification always makes the same mail.</summary>
internal static class Envelope
{
    public static MimeMessage Of(Notification notification, MailboxAddress sender)
    {
        var mail = new MimeMessage
        {
            MessageId = $"{notification.Id:N}@{sender.Domain}",
            Date = notification.CreatedAt,
            Subject = notification.Subject,
            Body = new MultipartAlternative(
                new TextPart(TextFormat.Plain) { Text = notification.Text }, new TextPart(TextFormat.Html) { Text = notification.Html }),
        };
        mail.From.Add(sender);
        mail.To.Add(new MailboxAddress(notification.ToName, notification.ToAddress));
        // RFC 3834: asks out-of-office programs not to answer.
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Headers.Add("Content-Language", notification.Language);
        return mail;
    }
}
