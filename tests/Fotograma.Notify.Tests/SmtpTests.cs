using Fotograma.Notify.Delivery;
using Fotograma.Notify.Outcomes;

namespace Fotograma.Notify.Tests;

/// <summary>Mails by SMTP, on every database that notifications can lie in.</summary>
public abstract class SmtpSuite(Store store)
{
    [Fact]
    public async Task A_mail_is_sent_by_smtp()
    {
        await using var peer = new SmtpPeer(SmtpManner.Accept);
        await using var host = await StartAsync(peer);
        var mail = await peer.NextAsync();
        mail.Subject.ShouldBe("Your frames are ready: holiday.mp4");
        await host.RowsAsync(rows => rows is [{ State: NotificationState.Sent, FailedAttempts: 0 }]);
        Directory.Exists(Path.Combine(host.Folder, "mail")).ShouldBeFalse();
        (await host.GetAsync("/api/v1/mail", Samples.Ana)).Body.GetProperty("folder").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_that_is_busy_is_asked_again()
    {
        await using var peer = new SmtpPeer(SmtpManner.Busy, SmtpManner.Busy, SmtpManner.Accept);
        await using var host = await StartAsync(peer);
        await peer.NextAsync();
        await host.RowsAsync(rows => rows is [{ State: NotificationState.Sent, FailedAttempts: 2 }]);
        peer.Connections.ShouldBe(3);
    }

    [Fact]
    public async Task A_recipient_refused_for_good_is_not_tried_again()
    {
        await using var peer = new SmtpPeer(SmtpManner.Refuse, SmtpManner.Accept);
        await using var host = await StartAsync(peer);
        var rows = await host.RowsAsync(rows => rows is [{ State: NotificationState.Failed }]);
        rows[0].LastFailure!.ShouldContain("550");
        // A later mail goes out, and it is the only one that does.
        await host.PublishAsync(Samples.Processed("second.mp4", 2));
        (await peer.NextAsync()).Subject!.ShouldContain("second.mp4");
        peer.Connections.ShouldBe(2);
        (await host.GetAsync("/api/v1/mail", Samples.Ana)).Body.GetProperty("items")[1].GetProperty("state").GetString().ShouldBe("failed");
    }

    [Fact]
    public async Task A_server_that_hangs_is_left_and_the_mail_comes_again_under_the_same_name()
    {
        await using var peer = new SmtpPeer(SmtpManner.Hang, SmtpManner.Accept);
        await using var host = await StartAsync(peer, timeoutSeconds: 1);
        var first = await peer.NextAsync();
        var second = await peer.NextAsync();
        second.MessageId.ShouldBe(first.MessageId);
        var rows = await host.RowsAsync(rows => rows is [{ State: NotificationState.Sent, FailedAttempts: 1 }]);
        first.MessageId.ShouldBe($"{rows[0].Id:N}@localhost");
    }

    [Fact]
    public async Task A_mail_whose_taking_was_not_heard_comes_twice_under_one_name()
    {
        // The window of at-least-once delivery: the receiver has the mail, the sender does not know.
        await using var peer = new SmtpPeer(SmtpManner.Cut, SmtpManner.Accept);
        await using var host = await StartAsync(peer);
        (await peer.NextAsync()).MessageId.ShouldBe((await peer.NextAsync()).MessageId);
        await host.RowsAsync(rows => rows is [{ State: NotificationState.Sent }]);
    }

    [Fact]
    public void Pauses_double_up_to_an_hour_and_end_after_a_day()
    {
        var options = new MailOptions();
        var created = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        Pause(1, 1.0).ShouldBe(TimeSpan.FromSeconds(10));
        Pause(1, 0.0).ShouldBe(TimeSpan.FromSeconds(5));
        Pause(4, 1.0).ShouldBe(TimeSpan.FromSeconds(80));
        Pause(1000, 1.0).ShouldBe(TimeSpan.FromHours(1));
        RetrySchedule.Next(options, created, created.AddHours(23.5), 30, 0).ShouldBeNull();
        RetrySchedule.Next(options, created, created.AddHours(23.4), 30, 0).ShouldNotBeNull();

        TimeSpan Pause(int failures, double chance) => RetrySchedule.Next(options, created, created, failures, chance)!.Value;
    }

    [Fact]
    public void Settings_that_cannot_work_are_named_all_at_once()
    {
        var options = new MailOptions
        {
            From = "nobody",
            PublicUrl = "frames.example.org",
            Smtp = new SmtpOptions { Host = "relay", Port = 0, Security = SmtpSecurity.None, User = "fotograma", Password = "secret-word" },
        };
        var problems = options.Problems().ToList();
        problems.Count.ShouldBe(4);
        problems.ShouldAllBe(problem => !problem.Contains("secret-word"));
    }

    private async Task<NotifyHost> StartAsync(SmtpPeer peer, int timeoutSeconds = 20)
    {
        var host = await NotifyHost.StartAsync(store, peer.Settings(timeoutSeconds));
        await host.PublishAsync(Samples.User());
        await host.PublishAsync(Samples.Processed());
        return host;
    }
}

public sealed class SmtpTests() : SmtpSuite(Store.Sqlite);

public sealed class SmtpOnPostgresTests() : SmtpSuite(Store.Postgres);
