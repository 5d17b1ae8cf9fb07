using System.Runtime.CompilerServices;
using Fotograma.Auth.Storage;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Fotograma.Messaging.Repeating;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Fotograma.Auth.Accounts;

/// <summary>Tells again how to reach people when a broker lost its queues. Of all accounts, because nothing says which changed lately; an older revision never replaces a newer one.</summary>
internal sealed partial class AccountNews(IDbContextFactory<AuthDb> databases, Outbox<AuthDb> outbox, Repetition repetition, ILogger<AccountNews> log)
{
    private const int AccountsAtOnce = 500;

    public async Task RepeatAsync(CancellationToken cancellation)
    {
        if (repetition.Reach == TimeSpan.Zero) return;
        var told = await repetition.PublishAsync(ChangesAsync(cancellation), cancellation);
        if (told > 0) LogRepeated(told);
    }

    private async IAsyncEnumerable<CloudEvent> ChangesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        Guid? after = null;
        while (true)
        {
            List<Account> page;
            await using (var db = await databases.CreateDbContextAsync(cancellation)) page = await PageAsync(db, after, cancellation);
            foreach (var account in page) yield return outbox.Events.Of(account.ToEvent());
            if (page.Count < AccountsAtOnce) yield break;
            after = page.Max(account => account.Id);
        }
    }

    private static Task<List<Account>> PageAsync(AuthDb db, Guid? after, CancellationToken cancellation)
    {
        var accounts = db.Accounts.AsNoTracking();
        if (after is { } id) accounts = accounts.Where(account => account.Id.CompareTo(id) > 0);
        return accounts.OrderBy(account => account.Id).Take(AccountsAtOnce).ToListAsync(cancellation);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The broker had lost its queues; how to reach the people of {Accounts} accounts was told again.")]
    private partial void LogRepeated(int accounts);
}
