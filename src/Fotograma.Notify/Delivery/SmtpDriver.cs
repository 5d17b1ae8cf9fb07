using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Fotograma.Notify.Delivery;

/// <summary>Sends by SMTP (RFC 5321), one connection for each mail, bounded as a whole.</summary>
internal sealed class SmtpDriver(MailOptions options, TimeProvider clock) : IMailDriver
{
    private readonly SmtpOptions smtp = options.Smtp;

    public async Task SendAsync(MimeMessage mail, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(smtp.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            await DeliverAsync(mail, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"The mail server did not take the mail within {smtp.TimeoutSeconds} s.");
        }
        catch (SmtpCommandException exception) when ((int)exception.StatusCode >= 500
            && exception.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted)
        {
            throw new MailRefusedException($"The mail server refused it for good with status {(int)exception.StatusCode}.", exception);
        }
    }

    /// <summary>Connects and signs in, and sends nothing.</summary>
    public async Task<string> TryAsync(CancellationToken cancellation)
    {
        using var client = await ConnectAsync(cancellation);
        await client.NoOpAsync(cancellation);
        await client.DisconnectAsync(quit: true, cancellation);
        return $"{smtp.Host}:{smtp.Port}, {(string.IsNullOrEmpty(smtp.User) ? "without signing in" : "signed in")}";
    }

    private async Task<SmtpClient> ConnectAsync(CancellationToken cancellation)
    {
        var client = new SmtpClient { Timeout = (int)smtp.Timeout.TotalMilliseconds };
        try
        {
            await client.ConnectAsync(smtp.Host, smtp.Port, Protection(), cancellation);
            if (!string.IsNullOrEmpty(smtp.User)) await client.AuthenticateAsync(smtp.User, smtp.Password ?? "", cancellation);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private async Task DeliverAsync(MimeMessage mail, CancellationToken cancellation)
    {
        using var client = await ConnectAsync(cancellation);
        await client.SendAsync(mail, cancellation);
        try
        {
            await client.DisconnectAsync(quit: true, cancellation);
        }
        catch (Exception exception) when (exception is IOException or SmtpCommandException or SmtpProtocolException or OperationCanceledException)
        {
            // The mail was taken; how the server says goodbye does not matter.
        }
    }

    private SecureSocketOptions Protection() => smtp.Security switch
    {
        SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.None,
    };
}
