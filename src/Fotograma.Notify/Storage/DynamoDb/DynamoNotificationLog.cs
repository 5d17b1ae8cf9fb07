using System.Globalization;
using Fotograma.Data.DynamoDb;
using Fotograma.Notify.Contacts;
using Fotograma.Notify.Outcomes;

namespace Fotograma.Notify.Storage.DynamoDb;

/// <summary>
/// The notification log in DynamoDB. The key of a notification is its job, event and channel, so there cannot be two of them. Indexes, which lag behind, only say where to look;
/// what is taken or changed is so under a condition on the item itself. Times are the process's: a clock that is wrong by a minute makes a mail leave a minute early or
/// late.
/// </summary>
internal sealed class DynamoNotificationLog(DynamoStore store, TimeProvider clock) : INotificationLog
{
    private const int CandidatesAtOnce = 10;
    private const int TakeRoundsMax = 5;

    public Task LearnAsync(Contact contact, CancellationToken cancellation) => store.WriteAsync(
        ItemWrite.Put(NotifyTables.Contacts, ContactKey(contact.UserId).With("email", contact.Email).With("name", contact.Name).With("language", contact.Language)
            .With("revision", contact.Revision)).IfMissingOrLess("revision", contact.Revision), cancellation);

    public async Task<Contact?> FindContactAsync(Guid userId, CancellationToken cancellation) =>
        await store.FindAsync(NotifyTables.Contacts, ContactKey(userId), cancellation) is { } item
            ? new Contact { UserId = userId, Email = item.Text("email"), Name = item.Text("name"), Language = item.Text("language"), Revision = item.Number("revision") }
            : null;

    public async Task<bool> AddAsync(Notification notification, CancellationToken cancellation) =>
        (await store.WriteAsync(ItemWrite.Put(NotifyTables.Notifications, ItemOf(notification, clock.GetUtcNow())).IfMissing("occasion"), cancellation)).Done;

    public async Task<TakenNotification?> TakeAsync(string channel, TimeSpan lease, CancellationToken cancellation)
    {
        for (var round = 1; round <= TakeRoundsMax; round++)
        {
            var now = clock.GetUtcNow();
            var query = new ItemQuery(NotifyTables.Notifications, ("waiting", channel))
            {
                Index = NotifyTables.Due,
                Below = ("due_order", OrderOf(now.ToUnixTimeMilliseconds() + 1)),
            };
            var due = await store.QueryAsync(query, CandidatesAtOnce, cancellation);
            if (due.Count == 0) return null;
            foreach (var candidate in due)
            {
                var until = Whole(now + lease);
                var taken = await store.WriteAsync(Change(candidate.Text("occasion")).Set("due_order", OrderOf(until, candidate.Id("id")))
                    .If("due_order", "=", candidate.Text("due_order")), cancellation);
                if (taken.Done) return new TakenNotification(NotificationIn(taken.Item!), until);
            }
        }
        return null;
    }

    public async Task<TimeSpan?> NextDueAsync(string channel, CancellationToken cancellation)
    {
        var first = await store.QueryAsync(new ItemQuery(NotifyTables.Notifications, ("waiting", channel)) { Index = NotifyTables.Due }, 1, cancellation);
        return first is [var item] ? TimeIn(item.Text("due_order")) - clock.GetUtcNow() : null;
    }

    public Task MarkSentAsync(TakenNotification taken, CancellationToken cancellation) => store.WriteAsync(
        Change(OccasionOf(taken.Notification)).Set("state", (int)NotificationState.Sent).Remove("waiting", "due_order", "last_failure")
            .If("state", "=", (int)NotificationState.Pending), cancellation);

    public Task MarkRetryAsync(TakenNotification taken, TimeSpan delay, string reason, CancellationToken cancellation) => store.WriteAsync(
        InHand(taken).Set("due_order", OrderOf(clock.GetUtcNow() + delay, taken.Notification.Id)).Add("failed_attempts", 1).Set("last_failure", reason), cancellation);

    public Task MarkFailedAsync(TakenNotification taken, string reason, CancellationToken cancellation) => store.WriteAsync(
        InHand(taken).Set("state", (int)NotificationState.Failed).Add("failed_attempts", 1).Set("last_failure", reason).Remove("waiting", "due_order"), cancellation);

    public async Task<IReadOnlyList<Notification>> ListAsync(Guid owner, string channel, int limit, CancellationToken cancellation)
    {
        var query = new ItemQuery(NotifyTables.Notifications, ("user_id", OwnerAndChannel(owner, channel))) { Index = NotifyTables.OfUser, Descending = true };
        var keys = (await store.QueryAsync(query, limit, cancellation)).Select(item => Key(item.Text("occasion")));
        return [.. (await store.FindAsync(NotifyTables.Notifications, keys, cancellation)).OrderByDescending(item => item.Text("written_order"), StringComparer.Ordinal).Select(NotificationIn)];
    }

    public async Task<Notification?> FindAsync(Guid id, CancellationToken cancellation)
    {
        var found = await store.QueryAsync(new ItemQuery(NotifyTables.Notifications, ("id", id)) { Index = NotifyTables.ById }, 1, cancellation);
        return found is [var item] && await store.FindAsync(NotifyTables.Notifications, Key(item.Text("occasion")), cancellation) is { } whole ? NotificationIn(whole) : null;
    }

    private static ItemWrite Change(string occasion) => ItemWrite.Update(NotifyTables.Notifications, Key(occasion));

    private static ItemWrite InHand(TakenNotification taken) => Change(OccasionOf(taken.Notification))
        .If("state", "=", (int)NotificationState.Pending).If("due_order", "=", OrderOf(taken.Until, taken.Notification.Id));

    private static Item Key(string occasion) => new Item().With("occasion", occasion);

    private static Item ContactKey(Guid userId) => new Item().With("user_id", userId);

    private static string OccasionOf(Notification notification) => $"{notification.JobId}#{notification.Kind}#{notification.Channel}";

    private static string OwnerAndChannel(Guid owner, string channel) => $"{owner}#{channel}";

    private static string OrderOf(long milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:D16}");

    private static string OrderOf(DateTimeOffset time, Guid id) => $"{OrderOf(time.ToUnixTimeMilliseconds())}#{id}";

    private static DateTimeOffset TimeIn(string order) => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(order.AsSpan(0, 16), CultureInfo.InvariantCulture));

    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private static Item ItemOf(Notification notification, DateTimeOffset due) => Key(OccasionOf(notification))
        .With("id", notification.Id).With("job_id", notification.JobId).With("video_id", notification.VideoId).With("owner_id", notification.OwnerId)
        .With("user_id", OwnerAndChannel(notification.OwnerId, notification.Channel)).With("written_order", OrderOf(notification.CreatedAt, notification.Id))
        .With("kind", notification.Kind).With("channel", notification.Channel).With("to_address", notification.ToAddress).With("to_name", notification.ToName)
        .With("language", notification.Language).With("subject", notification.Subject).With("text", notification.Text).With("html", notification.Html)
        .With("created_at", notification.CreatedAt).With("state", (int)notification.State).With("failed_attempts", notification.FailedAttempts)
        .With("waiting", notification.Channel).With("due_order", OrderOf(due, notification.Id));

    private static Notification NotificationIn(Item item) => new()
    {
        Id = item.Id("id"),
        JobId = item.Id("job_id"),
        VideoId = item.Id("video_id"),
        OwnerId = item.Id("owner_id"),
        Kind = item.Text("kind"),
        Channel = item.Text("channel"),
        ToAddress = item.Text("to_address"),
        ToName = item.Text("to_name"),
        Language = item.Text("language"),
        Subject = item.Text("subject"),
        Text = item.Text("text"),
        Html = item.Text("html"),
        CreatedAt = item.Time("created_at"),
        State = (NotificationState)item.Number("state"),
        FailedAttempts = (int)item.Number("failed_attempts"),
        DueAt = item.TextOrNull("due_order") is { } order ? TimeIn(order) : item.Time("created_at"),
        LastFailure = item.TextOrNull("last_failure"),
    };
}
