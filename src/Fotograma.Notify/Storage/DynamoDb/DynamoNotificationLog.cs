using System.Collections.Concurrent;
using System.Globalization;
using Fotograma.Data.DynamoDb;
using Fotograma.Kernel.Hosting;
using Fotograma.Notify.Contacts;
using Fotograma.Notify.Outcomes;

namespace Fotograma.Notify.Storage.DynamoDb;

/// <summary>
/// The notification log in DynamoDB. The key of a notification is its job, event and channel, so there cannot be two of them. Indexes, which lag behind, only say where to look;
/// what is taken or changed is so under a condition on the item itself. There is no clock of the store: what a sender has in hand is another's once that one has watched it
/// unchanged for a lease, and a clock that is wrong by minutes makes a repeated attempt come minutes early or late, nothing else.
/// </summary>
internal sealed class DynamoNotificationLog(DynamoStore store, Ids ids, TimeProvider clock) : INotificationLog
{
    private const int CandidatesAtOnce = 10;
    private const int HeldMax = 1000;
    private const int TakeRoundsMax = 5;
    private const int TimeCharacters = 16;
    private const int OrderCharacters = TimeCharacters + 1 + 36; // the time and the notification's id
    private readonly ConcurrentDictionary<string, LeaseWatch<string>> watches = new(StringComparer.Ordinal);

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
            var candidates = await CandidatesAsync(channel, lease, cancellation);
            if (candidates.Count == 0) return null;
            foreach (var candidate in candidates)
                if (await TakeAsync(channel, candidate.Text("occasion"), candidate.Text("due_order"), cancellation) is { } taken) return taken;
        }
        return null;
    }

    public async Task<TimeSpan?> NextDueAsync(string channel, TimeSpan lease, CancellationToken cancellation)
    {
        var fresh = WaitingAsync(NotifyTables.New(channel), 1, cancellation);
        var later = WaitingAsync(NotifyTables.Later(channel), 1, cancellation);
        var held = await HeldAsync(channel, cancellation);
        if (await fresh is not []) return TimeSpan.Zero;
        List<TimeSpan> waits = [.. held.Take(1).Select(first => lease - first.Still), .. (await later).Select(item => TimeIn(item.Text("due_order")) - clock.GetUtcNow())];
        return waits.Count > 0 ? waits.Min() : null;
    }

    public Task MarkSentAsync(TakenNotification taken, CancellationToken cancellation) => store.WriteAsync(
        Change(OccasionOf(taken.Notification)).Set("state", (int)NotificationState.Sent).Remove("waiting", "due_order", "last_failure")
            .If("state", "=", (int)NotificationState.Pending), cancellation);

    public Task MarkRetryAsync(TakenNotification taken, TimeSpan delay, string reason, CancellationToken cancellation) => store.WriteAsync(
        InHand(taken).Set("waiting", NotifyTables.Later(taken.Notification.Channel)).Set("due_order", OrderOf(clock.GetUtcNow() + delay, taken.Notification.Id)).Add("failed_attempts", 1).Set("last_failure", reason), cancellation);

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

    private async Task<IReadOnlyList<Item>> CandidatesAsync(string channel, TimeSpan lease, CancellationToken cancellation)
    {
        var fresh = WaitingAsync(NotifyTables.New(channel), CandidatesAtOnce, cancellation);
        var later = WaitingAsync(NotifyTables.Later(channel), CandidatesAtOnce, cancellation, OrderOf(clock.GetUtcNow().ToUnixTimeMilliseconds() + 1));
        var left = (await HeldAsync(channel, cancellation)).Where(held => held.Still >= lease).Take(CandidatesAtOnce).Select(held => held.Item);
        return [.. (await fresh).Concat(await later).Concat(left).OrderBy(item => item.Text("due_order"), StringComparer.Ordinal)];
    }

    // The longest silence first.
    private async Task<IReadOnlyList<(Item Item, TimeSpan Still)>> HeldAsync(string channel, CancellationToken cancellation)
    {
        var held = (await WaitingAsync(NotifyTables.InHand(channel), HeldMax, cancellation)).ToDictionary(item => item.Text("due_order"), StringComparer.Ordinal);
        return [.. WatchOf(channel).Look(held.Keys).Select(seen => (held[seen.Mark], seen.Still))];
    }

    private LeaseWatch<string> WatchOf(string channel) => watches.GetOrAdd(channel, _ => new LeaseWatch<string>(clock));

    private async Task<TakenNotification?> TakeAsync(string channel, string occasion, string order, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        var fence = $"{order[..OrderCharacters]}#{ids.New()}";
        var taken = await store.WriteAsync(Change(occasion).Set("waiting", NotifyTables.InHand(channel)).Set("due_order", fence).If("due_order", "=", order), cancellation);
        // The client sends again what got no answer; the refusal of the second may be the success of the first.
        if (!taken.Done && taken.Item?.TextOrNull("due_order") != fence) return null;
        WatchOf(channel).Left(fence, began);
        return new TakenNotification(NotificationIn(taken.Item!), fence);
    }

    private Task<IReadOnlyList<Item>> WaitingAsync(string waiting, int limit, CancellationToken cancellation, string? below = null)
    {
        var query = new ItemQuery(NotifyTables.Notifications, ("waiting", waiting)) { Index = NotifyTables.Due, Below = below is null ? null : ("due_order", below) };
        return store.QueryAsync(query, limit, cancellation);
    }

    private static ItemWrite Change(string occasion) => ItemWrite.Update(NotifyTables.Notifications, Key(occasion));

    private static ItemWrite InHand(TakenNotification taken) => Change(OccasionOf(taken.Notification))
        .If("state", "=", (int)NotificationState.Pending).If("due_order", "=", taken.Fence);

    private static Item Key(string occasion) => new Item().With("occasion", occasion);

    private static Item ContactKey(Guid userId) => new Item().With("user_id", userId);

    private static string OccasionOf(Notification notification) => $"{notification.JobId}#{notification.Kind}#{notification.Channel}";

    private static string OwnerAndChannel(Guid owner, string channel) => $"{owner}#{channel}";

    private static string OrderOf(long milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:D16}");

    private static string OrderOf(DateTimeOffset time, Guid id) => $"{OrderOf(time.ToUnixTimeMilliseconds())}#{id}";

    private static DateTimeOffset TimeIn(string order) => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(order.AsSpan(0, TimeCharacters), CultureInfo.InvariantCulture));

    private static Item ItemOf(Notification notification, DateTimeOffset due) => Key(OccasionOf(notification))
        .With("id", notification.Id).With("job_id", notification.JobId).With("video_id", notification.VideoId).With("owner_id", notification.OwnerId)
        .With("user_id", OwnerAndChannel(notification.OwnerId, notification.Channel)).With("written_order", OrderOf(notification.CreatedAt, notification.Id))
        .With("kind", notification.Kind).With("channel", notification.Channel).With("to_address", notification.ToAddress).With("to_name", notification.ToName)
        .With("language", notification.Language).With("subject", notification.Subject).With("text", notification.Text).With("html", notification.Html)
        .With("created_at", notification.CreatedAt).With("state", (int)notification.State).With("failed_attempts", notification.FailedAttempts)
        .With("waiting", NotifyTables.New(notification.Channel)).With("due_order", OrderOf(due, notification.Id));

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
