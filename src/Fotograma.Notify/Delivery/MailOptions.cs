using Fotograma.Kernel.Hosting;
using MimeKit;

namespace Fotograma.Notify.Delivery;

/// <summary>How mail leaves.</summary>
internal sealed class MailOptions : ICheckedOptions
{
    public const string Section = "Mail";

    /// <summary>The sender, as <c>Name &lt;address&gt;</c>.</summary>
    public string From { get; set; } = "Fotograma <no-reply@localhost>";

    /// <summary>Where people reach the user interface; links in mails start with it.</summary>
    public string PublicUrl { get; set; } = "http://localhost:8080";

    /// <summary>Pause after the first failure, in seconds (0.01 to 3600); it doubles with every further one, up to an hour.</summary>
    public double RetryFirstSeconds { get; set; } = 10;

    /// <summary>How long a mail is tried, in hours (1 to 240).</summary>
    public int RetryHoursMax { get; set; } = 24;

    /// <summary>How long after the bound on its delivery a mail that a process has taken is another's to send, in seconds (1 to 600).</summary>
    public int TakeoverSeconds { get; set; } = 30;

    /// <summary>The mail server; without a host, mails are kept in the folder <c>mail</c> of the data folder.</summary>
    public SmtpOptions Smtp { get; set; } = new();

    /// <summary>How long a process that takes a mail has it for itself.</summary>
    public TimeSpan Lease => Smtp.Timeout + TimeSpan.FromSeconds(TakeoverSeconds);

    public bool KeepsInFolder => string.IsNullOrEmpty(Smtp.Host);

    public MailboxAddress Sender => MailboxAddress.Parse(From);

    public IEnumerable<string> Problems()
    {
        if (!MailboxAddress.TryParse(From, out var sender) || !sender.Address.Contains('@', StringComparison.Ordinal)) yield return "From must be a mail address, such as Fotograma <no-reply@example.org>.";
        if (!Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) yield return "PublicUrl must be an absolute http or https address.";
        if (RetryFirstSeconds is not (>= 0.01 and <= 3600)) yield return "RetryFirstSeconds must lie between 0.01 and 3600.";
        if (RetryHoursMax is < 1 or > 240) yield return "RetryHoursMax must lie between 1 and 240.";
        if (TakeoverSeconds is < 1 or > 600) yield return "TakeoverSeconds must lie between 1 and 600.";
        foreach (var problem in Smtp.Problems()) yield return problem;
    }
}

/// <summary>The mail server.</summary>
internal sealed class SmtpOptions
{
    /// <summary>Name or address; empty for none.</summary>
    public string Host { get; set; } = "";

    public int Port { get; set; } = 587;

    /// <summary>How the connection is protected.</summary>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    public string? User { get; set; }

    public string? Password { get; set; }

    /// <summary>Bound on one delivery, from connecting to the server's acceptance, in seconds (1 to 600).</summary>
    public int TimeoutSeconds { get; set; } = 30;

    public TimeSpan Timeout => TimeSpan.FromSeconds(TimeoutSeconds);

    public IEnumerable<string> Problems()
    {
        if (Port is < 1 or > 65_535) yield return "Smtp:Port must lie between 1 and 65535.";
        if (TimeoutSeconds is < 1 or > 600) yield return "Smtp:TimeoutSeconds must lie between 1 and 600.";
        if (string.IsNullOrEmpty(User) != string.IsNullOrEmpty(Password)) yield return "Smtp:User and Smtp:Password must be given together.";
        if (Security == SmtpSecurity.None && !string.IsNullOrEmpty(Password)) yield return "Smtp:Security None would send the password in the clear; use StartTls or Tls.";
    }
}

/// <summary>How the connection to the mail server is protected.</summary>
internal enum SmtpSecurity
{
    /// <summary>STARTTLS, required.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>Not at all; for a relay on the same machine.</summary>
    None,
}
