using System.Text.RegularExpressions;
using MimeKit;

namespace Fotograma.Faults.Checking;

/// <summary>One mail that a mail server took.</summary>
/// <param name="MessageId">What names it.</param>
/// <param name="Notice">The notification that its name says it is of; null for a foreign name.</param>
/// <param name="Video">The video that it links to.</param>
/// <param name="Kind">The event that it tells of, going by what a person reads.</param>
/// <param name="Life">Which life of the sending process it came from.</param>
internal sealed record SentMail(string MessageId, Guid? Notice, Guid? Video, string? Kind, int Life)
{
    /// <summary>Whether the sender heard that it was taken: it went on talking.</summary>
    public bool IsHeard { get; init; }
}

/// <summary>Everything that was really sent, in the order in which it was taken: the same mail as often as it came.</summary>
internal sealed partial class MailLog
{
    private readonly List<SentMail> mails = [];

    public MailLog(params IEnumerable<SentMail> mails) => this.mails.AddRange(mails);

    /// <summary>Counts the lives of the process that sends. A mail that it sent and could not note before it died, it may send again.</summary>
    public int Life { get; set; }

    public IReadOnlyList<SentMail> Mails
    {
        get
        {
            lock (mails) return [.. mails];
        }
    }

    /// <summary>Notes a mail as it came over the wire.</summary>
    /// <returns>Its place, for <see cref="Heard"/>.</returns>
    public int Take(Stream raw)
    {
        using var mail = MimeMessage.Load(raw);
        var name = mail.MessageId ?? "";
        Guid? notice = Guid.TryParse(name.Split('@')[0], out var id) ? id : null;
        Guid? video = Link().Match(mail.TextBody ?? "") is { Success: true } link ? Guid.Parse(link.Groups[1].Value) : null;
        var kind = mail.Subject switch
        {
            { } subject when subject.StartsWith("Your frames are ready", StringComparison.Ordinal) => "video.processed",
            { } subject when subject.EndsWith("could not be processed", StringComparison.Ordinal) => "video.failed",
            _ => null,
        };
        lock (mails)
        {
            mails.Add(new SentMail(name, notice, video, kind, Life));
            return mails.Count - 1;
        }
    }

    /// <summary>The sender knows that the mail was taken.</summary>
    public void Heard(int place)
    {
        lock (mails) mails[place] = mails[place] with { IsHeard = true };
    }

    [GeneratedRegex("/videos/([0-9a-f-]{36})")]
    private static partial Regex Link();
}
