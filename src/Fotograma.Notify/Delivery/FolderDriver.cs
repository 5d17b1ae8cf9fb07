using Fotograma.Kernel.Hosting;
using MimeKit;

namespace Fotograma.Notify.Delivery;

/// <summary>Keeps mails as <c>.eml</c> files (RFC 5322) in the folder <c>mail</c> of the data folder, for development. A mail sent again replaces its file.</summary>
internal sealed class FolderDriver(DataOptions data) : IMailDriver
{
    public async Task SendAsync(MimeMessage mail, CancellationToken cancellation)
    {
        var folder = Directory.CreateDirectory(data.PathOf("mail")).FullName;
        var name = $"{mail.Date.UtcDateTime:yyyyMMdd'T'HHmmss}-{mail.MessageId?.Split('@')[0]}";
        var draft = Path.Combine(folder, $"{name}.tmp");
        await using (var stream = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            await mail.WriteToAsync(stream, cancellation);
            stream.Flush(flushToDisk: true);
        }
        File.Move(draft, Path.Combine(folder, $"{name}.eml"), overwrite: true);
    }
}
