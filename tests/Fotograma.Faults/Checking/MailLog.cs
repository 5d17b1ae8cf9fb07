using System.Text.RegularExpressions;
using MimeKit;

namespace Fotograma.Faults.Checking;

/// <summary>One mail that a mail server took.</summary>
/// <param name="MessageId">What names it.</param>
/// <param name="Notice">The notification that its name says it is of; null for a foreign name.</param>
/// <param name="Video">The video that it links to.</param>
/// <param name="Kind">The event that it tells of, going by what a person reads.</param>
/// <param name="Life">Which life of a sending process it came from, going by its sender's address; 0 for none.</param>
/// <param name="To">Whom it was sent to.</param>
internal sealed record SentMail(string MessageId, Guid? Notice, Guid? Video, string? Kind, int Life, string? To)
{
    /// <summary>Whether the sender heard that it was taken: it went on talking.</summary>
    public bool IsHeard { get; init; }

    /// <summary>Whether the sender was killed, or stood still, right after it, so that it may not have noted it in time. It sends one mail after the other: that is true of one at a time.</summary>
    public bool WasInFlight { get; init; }

    /// <summary>Whether the sender said that nobody would take the note of it, and never that it was noted after all.</summary>
    public bool IsNotNoted { get; init; }

    /// <summary>Whether the sender stood still right before it, so that another may have sent it meanwhile.</summary>
    public bool IsBelated { get; init; }
}

/// <summary>Everything that was really sent, in the order in which it was taken: the same mail as often as it came.</summary>
internal sealed partial class MailLog
{
    private readonly List<SentMail> mails = [];
    private readonly HashSet<int> killed = [];
    private readonly List<(int Life, int Place)> standstills = [];
    private readonly HashSet<Guid> notNoted = [];
    private int lives;

    public MailLog(params IEnumerable<SentMail> mails)
    {
        this.mails.AddRange(mails);
        lives = this.mails.Select(mail => mail.Life).DefaultIfEmpty().Max();
    }

    public IReadOnlyList<SentMail> Mails
    {
        get
        {
            lock (mails)
            {
                var all = mails.Select(mail => mail with { IsNotNoted = mail.Notice is { } notice && notNoted.Contains(notice) }).ToArray();
                foreach (var life in killed) Mark(all, Array.FindLastIndex(all, mail => mail.Life == life), mail => mail with { WasInFlight = true });
                foreach (var (life, place) in standstills)
                {
                    Mark(all, place == 0 ? -1 : Array.FindLastIndex(all, place - 1, mail => mail.Life == life), mail => mail with { WasInFlight = true });
                    Mark(all, Array.FindIndex(all, place, mail => mail.Life == life), mail => mail with { IsBelated = true });
                }
                return all;
            }
        }
    }

    /// <summary>A process that sends begins to live.</summary>
    /// <returns>Its number.</returns>
    public int Begin() => Interlocked.Increment(ref lives);

    /// <summary>What mails of this life are sent from.</summary>
    public static string SenderOf(int life) => $"life-{life.ToString(System.Globalization.CultureInfo.InvariantCulture)}@localhost";

    /// <summary>A life ended by a kill: what it sent and could not note before, one mail, may be sent again.</summary>
    public void Killed(int life)
    {
        lock (mails) killed.Add(life);
    }

    /// <summary>A mail was sent while the database was away for as long as its sender had it for itself.</summary>
    public void NotNoted(Guid notice)
    {
        lock (mails) notNoted.Add(notice);
    }

    /// <summary>A process stands still now.</summary>
    public void StandsStill(int life)
    {
        lock (mails) standstills.Add((life, mails.Count));
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
        var life = LifeOf().Match(mail.From.ToString()) is { Success: true } from ? int.Parse(from.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0;
        lock (mails)
        {
            mails.Add(new SentMail(name, notice, video, kind, life, mail.To.Mailboxes.FirstOrDefault()?.Address));
            return mails.Count - 1;
        }
    }

    /// <summary>The sender knows that the mail was taken.</summary>
    public void Heard(int place)
    {
        lock (mails) mails[place] = mails[place] with { IsHeard = true };
    }

    private static void Mark(SentMail[] all, int place, Func<SentMail, SentMail> mark)
    {
        if (place >= 0) all[place] = mark(all[place]);
    }

    [GeneratedRegex("/videos/([0-9a-f-]{36})")]
    private static partial Regex Link();

    [GeneratedRegex("life-([0-9]+)@")]
    private static partial Regex LifeOf();
}
