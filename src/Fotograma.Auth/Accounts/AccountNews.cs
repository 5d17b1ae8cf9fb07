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
    private readonly RepetitionTurns turns = repetition.TurnsOf("auth");

    public async Task RepeatAsync(QueuesMade made, CancellationToken cancellation)
    {
        var told = await turns.TakeAsync(made, PageAsync, cancellation);
        if (told > 0) LogRepeated(told);
    }

    private async Task<(IReadOnlyList<CloudEvent> Events, Guid? Last)> PageAsync(Guid? after, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var accounts = db.Accounts.AsNoTracking();
        if (after is { } id) accounts = accounts.Where(account => account.Id.CompareTo(id) > 0);
        var page = await accounts.OrderBy(account => account.Id).Take(Repetition.PageFacts).ToListAsync(cancellation);
        return ([.. page.Select(account => outbox.Events.Of(account.ToEvent()))], page.Count > 0 ? page[^1].Id : null);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The broker had lost its queues; how to reach the people of {Accounts} accounts was told again.")]
    private partial void LogRepeated(int accounts);
}
