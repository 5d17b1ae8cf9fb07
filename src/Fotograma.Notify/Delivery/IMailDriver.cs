using MimeKit;

namespace Fotograma.Notify.Delivery;

/// <summary>
/// The port to whatever takes mail. When <see cref="SendAsync"/> returns the mail was taken. Sending the same mail again (same Message-ID) is allowed: a crash
/// between the taking and our note of it makes a second delivery.
/// </summary>
internal interface IMailDriver
{
    /// <summary>Hands the mail over.</summary>
    /// <exception cref="MailRefusedException">It will never be taken; trying again is useless.</exception>
    Task SendAsync(MimeMessage mail, CancellationToken cancellation);
}

/// <summary>The mail server cannot be used at the moment. Says the kind of failure alone: servers put addresses into their sentences.</summary>
internal sealed class MailServerAwayException(string reason) : Exception(reason);

/// <summary>The mail will never be taken.</summary>
internal sealed class MailRefusedException(string reason, Exception inner) : Exception(reason, inner);
