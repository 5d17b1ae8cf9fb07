using Fotograma.Notify.Contacts;
using Fotograma.Notify.Outcomes;
using Fotograma.Notify.Storage;

namespace Fotograma.Suites.Notifications;

/// <summary>What every store of notifications does. A driver's test class derives from it and says only where its logs live.</summary>
public abstract class NotificationLogSuite
{
    private const string Mail = "mail";
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private static readonly Guid Ana = new("0198c0de-0000-7000-8000-00000000000a");
    private static readonly Guid Bia = new("0198c0de-0000-7000-8000-00000000000b");

    /// <summary>An empty log.</summary>
    internal abstract Task<NotificationPlace> MakeAsync(CancellationToken cancellation);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Contact_data_is_taken_over_unless_the_same_or_a_newer_revision_is_known()
    {
        await using var place = await MakeAsync(Cancellation);
        (await place.Log.FindContactAsync(Ana, Cancellation)).ShouldBeNull();
        await place.Log.LearnAsync(Contact("first@example.org", 2), Cancellation);
        await place.Log.LearnAsync(Contact("older@example.org", 1), Cancellation);
        await place.Log.LearnAsync(Contact("again@example.org", 2), Cancellation);
        var known = (await place.Log.FindContactAsync(Ana, Cancellation)).ShouldNotBeNull();
        (known.UserId, known.Email, known.Name, known.Language, known.Revision).ShouldBe((Ana, "first@example.org", "Ana 🎬", "pt-BR", 2));
        await place.Log.LearnAsync(Contact("newer@example.org", 3), Cancellation);
        (await place.Log.FindContactAsync(Ana, Cancellation))!.Email.ShouldBe("newer@example.org");
        (await place.Log.FindContactAsync(Bia, Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task Revisions_that_come_at_once_leave_the_newest()
    {
        await using var place = await MakeAsync(Cancellation);
        await Task.WhenAll(Enumerable.Range(1, 12).Select(revision => Task.Run(() => place.Log.LearnAsync(Contact($"{revision}@example.org", revision), Cancellation))));
        (await place.Log.FindContactAsync(Ana, Cancellation))!.Email.ShouldBe("12@example.org");
    }

    [Fact]
    public async Task A_notification_reads_back_as_it_was_written()
    {
        await using var place = await MakeAsync(Cancellation);
        var written = Notification(place, subject: "olá 👋 \"quoted\" <b>");
        (await place.Log.AddAsync(written, Cancellation)).ShouldBeTrue();
        var read = (await place.Log.FindAsync(written.Id, Cancellation)).ShouldNotBeNull();
        read.ShouldBeEquivalentTo(written);
        (await place.Log.FindAsync(place.Ids.New(), Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task There_is_one_notification_for_a_job_an_event_and_a_channel()
    {
        await using var place = await MakeAsync(Cancellation);
        var job = place.Ids.New();
        (await place.Log.AddAsync(Notification(place, job), Cancellation)).ShouldBeTrue();
        (await place.Log.AddAsync(Notification(place, job), Cancellation)).ShouldBeFalse();
        (await place.Log.AddAsync(Notification(place, job, kind: "video.failed"), Cancellation)).ShouldBeTrue();
        (await place.Log.AddAsync(Notification(place, job, channel: "webhook"), Cancellation)).ShouldBeTrue();
        (await place.Log.AddAsync(Notification(place), Cancellation)).ShouldBeTrue();
        (await place.Log.ListAsync(Ana, Mail, 10, Cancellation)).Count.ShouldBe(3);
        (await place.Log.ListAsync(Ana, "webhook", 10, Cancellation)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_event_that_comes_sixteen_times_at_once_makes_one_notification()
    {
        await using var place = await MakeAsync(Cancellation);
        var job = place.Ids.New();
        var added = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => place.Log.AddAsync(Notification(place, job), Cancellation))));
        added.Count(made => made).ShouldBe(1);
        (await place.Log.ListAsync(Ana, Mail, 10, Cancellation)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_due_is_taken_once_and_the_longest_wait_first()
    {
        await using var place = await MakeAsync(Cancellation);
        var first = await AddAsync(place);
        var second = await AddAsync(place);
        await AddAsync(place, channel: "webhook");
        (await TakeAsync(place))!.Notification.Id.ShouldBe(first.Id);
        (await TakeAsync(place))!.Notification.Id.ShouldBe(second.Id);
        (await TakeAsync(place)).ShouldBeNull();
        (await place.Log.TakeAsync("webhook", Lease, Cancellation)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Each_notification_is_given_to_exactly_one_of_eight_senders()
    {
        await using var place = await MakeAsync(Cancellation);
        for (var i = 0; i < 24; i++) await AddAsync(place);
        var taken = new System.Collections.Concurrent.ConcurrentBag<Guid>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (taken.Count < 24)
            {
                if (await TakeAsync(place) is { } found) taken.Add(found.Notification.Id);
            }
        })));
        taken.Distinct().Count().ShouldBe(24);
        taken.Count.ShouldBe(24);
    }

    [Fact]
    public async Task What_a_sender_holds_comes_back_when_its_lease_runs_out()
    {
        await using var place = await MakeAsync(Cancellation);
        var written = await AddAsync(place);
        var lost = (await TakeAsync(place)).ShouldNotBeNull();
        await place.PassAsync(Lease - Moment);
        (await TakeAsync(place)).ShouldBeNull();
        await place.PassAsync(2 * Moment);
        var again = (await TakeAsync(place)).ShouldNotBeNull();
        (again.Notification.Id, again.Notification.FailedAttempts).ShouldBe((written.Id, 0));
        again.Fence.ShouldNotBe(lost.Fence);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task What_a_sender_holds_stays_its_own_for_a_lease_however_wrong_another_s_clock_is(int minutesAhead)
    {
        await using var place = await MakeAsync(Cancellation);
        var elsewhere = place.Elsewhere(TimeSpan.FromMinutes(minutesAhead));
        var written = await AddAsync(place);
        var lost = (await TakeAsync(place)).ShouldNotBeNull();
        (await TakeAsync(elsewhere)).ShouldBeNull();
        (await elsewhere.NextDueAsync(Mail, Lease, Cancellation)).ShouldBe(Lease);
        await place.PassAsync(Lease - Moment);
        (await TakeAsync(elsewhere)).ShouldBeNull();
        (await elsewhere.NextDueAsync(Mail, Lease, Cancellation)).ShouldBe(Moment);
        await place.PassAsync(2 * Moment);
        var again = (await TakeAsync(elsewhere)).ShouldNotBeNull();
        again.Notification.Id.ShouldBe(written.Id);
        await place.Log.MarkFailedAsync(lost, "too late", Cancellation);
        (await TakeAsync(place)).ShouldBeNull();
        await elsewhere.MarkSentAsync(again, Cancellation);
        (await FindAsync(place, written)).State.ShouldBe(NotificationState.Sent);
        (await place.Log.NextDueAsync(Mail, Lease, Cancellation)).ShouldBeNull();
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task What_one_wrote_down_is_due_at_once_for_another_however_wrong_its_clock_is(int minutesAhead)
    {
        await using var place = await MakeAsync(Cancellation);
        var elsewhere = place.Elsewhere(TimeSpan.FromMinutes(minutesAhead));
        var written = Notification(place);
        (await elsewhere.AddAsync(written, Cancellation)).ShouldBeTrue();
        (await place.Log.NextDueAsync(Mail, Lease, Cancellation)).ShouldNotBeNull().ShouldBeLessThanOrEqualTo(TimeSpan.Zero);
        (await TakeAsync(place)).ShouldNotBeNull().Notification.Id.ShouldBe(written.Id);
    }

    [Fact]
    public async Task The_next_to_come_due_is_the_first_of_those_that_wait_and_those_in_hand()
    {
        await using var place = await MakeAsync(Cancellation);
        await AddAsync(place);
        await place.Log.MarkRetryAsync((await TakeAsync(place)).ShouldNotBeNull(), Lease / 2, "SMTP status 451", Cancellation);
        await AddAsync(place);
        await TakeAsync(place);
        (await place.Log.NextDueAsync(Mail, Lease, Cancellation)).ShouldBe((Lease / 2) - Moment);
        await place.PassAsync(Lease / 2);
        (await TakeAsync(place)).ShouldNotBeNull().Notification.FailedAttempts.ShouldBe(1);
        (await place.Log.NextDueAsync(Mail, Lease, Cancellation)).ShouldBe(Lease / 2);
    }

    [Fact]
    public async Task A_notification_that_was_sent_is_not_taken_again()
    {
        await using var place = await MakeAsync(Cancellation);
        var written = await AddAsync(place);
        await place.Log.MarkSentAsync((await TakeAsync(place))!, Cancellation);
        await place.PassAsync(2 * Lease);
        (await TakeAsync(place)).ShouldBeNull();
        (await place.Log.NextDueAsync(Mail, Lease, Cancellation)).ShouldBeNull();
        (await FindAsync(place, written)).State.ShouldBe(NotificationState.Sent);
    }

    [Fact]
    public async Task A_notification_that_could_not_be_sent_waits_for_its_pause_and_counts_the_failure()
    {
        await using var place = await MakeAsync(Cancellation);
        var written = await AddAsync(place);
        for (var failures = 1; failures <= 3; failures++)
        {
            await place.Log.MarkRetryAsync((await TakeAsync(place)).ShouldNotBeNull(), TimeSpan.FromSeconds(10), "SMTP status 451", Cancellation);
            var waits = await FindAsync(place, written);
            (waits.State, waits.FailedAttempts, waits.LastFailure).ShouldBe((NotificationState.Pending, failures, "SMTP status 451"));
            (await place.Log.NextDueAsync(Mail, Lease, Cancellation)).ShouldBe(TimeSpan.FromSeconds(10));
            (await TakeAsync(place)).ShouldBeNull();
            await place.PassAsync(TimeSpan.FromSeconds(10) + Moment);
        }
        await place.Log.MarkSentAsync((await TakeAsync(place))!, Cancellation);
        var sent = await FindAsync(place, written);
        (sent.State, sent.FailedAttempts, sent.LastFailure).ShouldBe((NotificationState.Sent, 3, null));
    }

    [Fact]
    public async Task A_notification_that_was_given_up_is_not_taken_again_and_says_why()
    {
        await using var place = await MakeAsync(Cancellation);
        var written = await AddAsync(place);
        await place.Log.MarkFailedAsync((await TakeAsync(place))!, "550 no such person", Cancellation);
        await place.PassAsync(2 * Lease);
        (await TakeAsync(place)).ShouldBeNull();
        var failed = await FindAsync(place, written);
        (failed.State, failed.FailedAttempts, failed.LastFailure).ShouldBe((NotificationState.Failed, 1, "550 no such person"));
    }

    [Fact]
    public async Task A_sender_whose_lease_ran_out_changes_nothing_but_that_it_was_sent()
    {
        await using var place = await MakeAsync(Cancellation);
        var written = await AddAsync(place);
        var late = (await TakeAsync(place)).ShouldNotBeNull();
        await place.PassAsync(Lease + Moment);
        var holder = (await TakeAsync(place)).ShouldNotBeNull();
        await place.Log.MarkRetryAsync(late, TimeSpan.FromSeconds(1), "too late", Cancellation);
        await place.Log.MarkFailedAsync(late, "too late", Cancellation);
        var held = await FindAsync(place, written);
        (held.State, held.FailedAttempts, held.LastFailure).ShouldBe((NotificationState.Pending, 0, null));
        await place.Log.MarkSentAsync(late, Cancellation);
        (await FindAsync(place, written)).State.ShouldBe(NotificationState.Sent);
        await place.Log.MarkFailedAsync(holder, "sent already", Cancellation);
        (await FindAsync(place, written)).State.ShouldBe(NotificationState.Sent);
    }

    [Fact]
    public async Task Lists_hold_a_persons_own_newest_first()
    {
        await using var place = await MakeAsync(Cancellation);
        var written = new List<Guid>();
        for (var i = 0; i < 5; i++) written.Insert(0, (await AddAsync(place)).Id);
        await AddAsync(place, owner: Bia);
        (await place.Log.ListAsync(Ana, Mail, 10, Cancellation)).Select(found => found.Id).ShouldBe(written);
        (await place.Log.ListAsync(Ana, Mail, 3, Cancellation)).Select(found => found.Id).ShouldBe(written[..3]);
        (await place.Log.ListAsync(place.Ids.New(), Mail, 3, Cancellation)).ShouldBeEmpty();
    }

    private static Contact Contact(string email, long revision) => new() { UserId = Ana, Email = email, Name = "Ana 🎬", Language = "pt-BR", Revision = revision };

    private static Notification Notification(
        NotificationPlace place, Guid? job = null, string kind = "video.processed", string channel = Mail, Guid? owner = null, string subject = "Your frames") => new()
        {
            Id = place.Ids.New(),
            JobId = job ?? place.Ids.New(),
            VideoId = place.Ids.New(),
            OwnerId = owner ?? Ana,
            Kind = kind,
            Channel = channel,
            ToAddress = "ana@example.org",
            ToName = "Ana",
            Language = "en",
            Subject = subject,
            Text = "Hello",
            Html = "<p>Hello</p>",
            CreatedAt = place.Now,
            State = NotificationState.Pending,
            DueAt = place.Now,
        };

    private static async Task<Notification> AddAsync(NotificationPlace place, string channel = Mail, Guid? owner = null)
    {
        var written = Notification(place, channel: channel, owner: owner);
        (await place.Log.AddAsync(written, Cancellation)).ShouldBeTrue();
        await place.PassAsync(Moment);
        return written;
    }

    private static Task<TakenNotification?> TakeAsync(NotificationPlace place) => TakeAsync(place.Log);

    private static Task<TakenNotification?> TakeAsync(INotificationLog log) => log.TakeAsync(Mail, Lease, Cancellation);

    private static async Task<Notification> FindAsync(NotificationPlace place, Notification written) =>
        (await place.Log.FindAsync(written.Id, Cancellation)).ShouldNotBeNull();
}
