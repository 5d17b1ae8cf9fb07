using System.Globalization;
using Fotograma.Data;
using Fotograma.Notify.Contacts;
using Fotograma.Notify.Outcomes;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Notify.Storage.Database;

/// <summary>
/// The notification log in the module's database. Taking a notification moves its due time past the lease, and only the taker that finds the due time it saw succeeds:
/// several senders share the work, and what a crashed one held comes back by itself.
/// </summary>
internal sealed class EfNotificationLog(IDbContextFactory<NotifyDb> databases, DatabaseClock clock) : INotificationLog
{
    public async Task LearnAsync(Contact contact, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO contacts ("UserId", "Email", "Name", "Language", "Revision")
            VALUES ({contact.UserId}, {contact.Email}, {contact.Name}, {contact.Language}, {contact.Revision})
            ON CONFLICT ("UserId") DO UPDATE
            SET "Email" = excluded."Email", "Name" = excluded."Name", "Language" = excluded."Language", "Revision" = excluded."Revision"
            WHERE excluded."Revision" > contacts."Revision"
            """,
            cancellation);
    }

    public async Task<Contact?> FindContactAsync(Guid userId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Contacts.AsNoTracking().SingleOrDefaultAsync(contact => contact.UserId == userId, cancellation);
    }

    public async Task<bool> AddAsync(Notification notification, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = await clock.NowAsync(db, cancellation);
        db.Add(notification).Property(n => n.DueAt).CurrentValue = now;
        try
        {
            await db.SaveChangesAsync(cancellation);
            return true;
        }
        catch (DbUpdateException exception) when (exception.TakenIndex() is not null)
        {
            return false;
        }
    }

    public async Task<TakenNotification?> TakeAsync(string channel, TimeSpan lease, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        while (true)
        {
            var now = await clock.NowAsync(db, cancellation);
            var found = await Waiting(db).Where(n => n.Channel == channel && n.DueAt <= now).OrderBy(n => n.DueAt).FirstOrDefaultAsync(cancellation);
            if (found is null) return null;
            var until = now + lease;
            var taken = await Waiting(db).Where(n => n.Id == found.Id && n.DueAt == found.DueAt)
                .ExecuteUpdateAsync(change => change.SetProperty(n => n.DueAt, until), cancellation);
            if (taken == 1) return new TakenNotification(found, FenceOf(until));
        }
    }

    public async Task<TimeSpan?> NextDueAsync(string channel, TimeSpan lease, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var due = await Waiting(db).Where(n => n.Channel == channel).OrderBy(n => n.DueAt).Select(n => (DateTimeOffset?)n.DueAt).FirstOrDefaultAsync(cancellation);
        return due is { } at ? at - await clock.NowAsync(db, cancellation) : null;
    }

    public async Task MarkSentAsync(TakenNotification taken, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await Waiting(db).Where(n => n.Id == taken.Notification.Id).ExecuteUpdateAsync(
            change => change.SetProperty(n => n.State, NotificationState.Sent).SetProperty(n => n.LastFailure, (string?)null), cancellation);
    }

    public async Task MarkRetryAsync(TakenNotification taken, TimeSpan delay, string reason, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var next = await clock.NowAsync(db, cancellation) + delay;
        await InHand(db, taken).ExecuteUpdateAsync(
            change => change.SetProperty(n => n.DueAt, next).SetProperty(n => n.FailedAttempts, n => n.FailedAttempts + 1).SetProperty(n => n.LastFailure, reason),
            cancellation);
    }

    public async Task MarkFailedAsync(TakenNotification taken, string reason, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await InHand(db, taken).ExecuteUpdateAsync(
            change => change.SetProperty(n => n.State, NotificationState.Failed).SetProperty(n => n.FailedAttempts, n => n.FailedAttempts + 1)
                .SetProperty(n => n.LastFailure, reason), cancellation);
    }

    public async Task<IReadOnlyList<Notification>> ListAsync(Guid owner, string channel, int limit, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Notifications.AsNoTracking().Where(n => n.OwnerId == owner && n.Channel == channel)
            .OrderByDescending(n => n.CreatedAt).ThenByDescending(n => n.Id).Take(limit).ToListAsync(cancellation);
    }

    public async Task<Notification?> FindAsync(Guid id, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Notifications.AsNoTracking().SingleOrDefaultAsync(n => n.Id == id, cancellation);
    }

    private static IQueryable<Notification> Waiting(NotifyDb db) => db.Notifications.AsNoTracking().Where(n => n.State == NotificationState.Pending);

    private static IQueryable<Notification> InHand(NotifyDb db, TakenNotification taken)
    {
        var (id, until) = (taken.Notification.Id, DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(taken.Fence, CultureInfo.InvariantCulture)));
        return Waiting(db).Where(n => n.Id == id && n.DueAt == until);
    }

    // As precise as the database keeps it.
    private static string FenceOf(DateTimeOffset until) => until.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}
