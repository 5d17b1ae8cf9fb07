using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Fotograma.Kernel.Hosting;
using Fotograma.Notify.Contacts;
using Fotograma.Notify.Delivery;
using Fotograma.Notify.Outcomes;
using Fotograma.Notify.Storage;
using MailKit.Net.Smtp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace Fotograma.Notify.Tests;

/// <summary>A sender whose database fails in the moment in which a mail is out, or whose mail server does.</summary>
public sealed class MailSenderTests : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Link link = new("The mail server", "sends", "mails wait", NullLogger.Instance);
    private readonly ConcurrentQueue<string> counted = new();
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddYears(55));
    private readonly MailOptions options = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => services.Dispose();

    [Fact]
    public async Task What_becomes_of_mails_is_counted_and_a_server_that_is_away_is_said_in_health()
    {
        using var listener = new MeterListener { InstrumentPublished = (instrument, all) => { if (instrument.Meter.Scope == services.GetService<IMeterFactory>()) all.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, _, _, _) => counted.Enqueue(instrument.Name));
        listener.Start();
        var (refusal, away) = (new SmtpCommandException(SmtpErrorCode.RecipientNotAccepted, SmtpStatusCode.MailboxBusy, "later"), new IOException("away"));
        var driver = new CountingDriver();
        driver.Failures.Enqueue(refusal);
        driver.Failures.Enqueue(away);
        driver.Failures.Enqueue(away);
        driver.Failures.Enqueue(new MailRefusedException("never", refusal));
        var log = new ShakyLog(clock);
        var heard = new List<(string Name, HealthStatus Health)>();
        using var sender = Sender(log, driver);
        await sender.StartAsync(Cancellation);
        while (heard.Count < 5)
        {
            await UntilAsync(() => counted.Count > heard.Count);
            heard.Add((counted.ElementAt(heard.Count), link.Health().Status));
            log.Again();
        }
        await sender.StopAsync(Cancellation);
        heard.ShouldBe([
            ("fotograma.mails.retried", HealthStatus.Healthy), ("fotograma.mails.retried", HealthStatus.Degraded), ("fotograma.mails.retried", HealthStatus.Degraded),
            ("fotograma.mails.given_up", HealthStatus.Healthy), ("fotograma.mails.sent", HealthStatus.Healthy)]);
    }

    [Fact]
    public async Task What_is_out_is_noted_as_soon_as_the_database_is_back_and_not_sent_twice()
    {
        var log = new ShakyLog(clock) { NotesToFail = 8 };
        var driver = new CountingDriver();
        using var sender = Sender(log, driver);
        await sender.StartAsync(Cancellation);
        await UntilAsync(() => log.Sent == 1);
        driver.Sent.ShouldBe(1);
        log.Tries.ShouldBe(9);
        await sender.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Noting_is_given_up_with_the_lease()
    {
        var log = new ShakyLog(clock) { NotesToFail = int.MaxValue };
        var driver = new CountingDriver();
        using var sender = Sender(log, driver);
        await sender.StartAsync(Cancellation);
        await UntilAsync(() => driver.Sent == 2);
        log.TakenAgainAfter.ShouldBeGreaterThan(options.Lease - TimeSpan.FromSeconds(10));
        log.NotesToFail = 0;
        await UntilAsync(() => log.Sent == 1);
        await sender.StopAsync(Cancellation);
    }

    private MailSender Sender(INotificationLog log, IMailDriver driver) =>
        new(new NotificationQueue(log, options, clock), driver, link, new MailCounts(services.GetRequiredService<IMeterFactory>()), options, new Random(1), clock, NullLogger<MailSender>.Instance);

    private async Task UntilAsync(Func<bool> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!holds())
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }

    private sealed class CountingDriver : IMailDriver
    {
        private int sent;

        public int Sent => Volatile.Read(ref sent);

        public ConcurrentQueue<Exception> Failures { get; } = new();

        public Task SendAsync(MimeMessage mail, CancellationToken cancellation)
        {
            if (Failures.TryDequeue(out var failure)) throw failure;
            Interlocked.Increment(ref sent);
            return Task.CompletedTask;
        }
    }

    /// <summary>One notification that is due whenever its lease has run out, and a database that fails to note that it was sent.</summary>
    private sealed class ShakyLog(TimeProvider clock) : INotificationLog
    {
        private DateTimeOffset due = clock.GetUtcNow();
        private DateTimeOffset? taken;
        private int again;
        private volatile bool settled;
        private volatile int notesToFail;
        private int sent;

        public int NotesToFail
        {
            get => notesToFail;
            set => notesToFail = value;
        }

        public int Tries { get; private set; }

        public int Sent => Volatile.Read(ref sent);

        public TimeSpan TakenAgainAfter { get; private set; }

        public Task<TakenNotification?> TakeAsync(string channel, TimeSpan lease, CancellationToken cancellation)
        {
            if (settled && Interlocked.Exchange(ref again, 0) == 0) return Task.FromResult<TakenNotification?>(null);
            if (settled) due = clock.GetUtcNow();
            settled = false;
            var now = clock.GetUtcNow();
            if (Sent > 0 || now < due) return Task.FromResult<TakenNotification?>(null);
            if (taken is { } before) TakenAgainAfter = now - before;
            taken = now;
            due = now + lease;
            return Task.FromResult<TakenNotification?>(new TakenNotification(Notification, ""));
        }

        public Task MarkSentAsync(TakenNotification taken, CancellationToken cancellation)
        {
            Tries++;
            if (NotesToFail > 0)
            {
                NotesToFail--;
                throw new IOException("The database is meant to be away.");
            }
            Interlocked.Increment(ref sent);
            return Task.CompletedTask;
        }

        public Task<TimeSpan?> NextDueAsync(string channel, TimeSpan lease, CancellationToken cancellation) => Task.FromResult<TimeSpan?>(due - clock.GetUtcNow());

        public Task LearnAsync(Contact contact, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Contact?> FindContactAsync(Guid userId, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<bool> AddAsync(Notification notification, CancellationToken cancellation) => throw new NotSupportedException();

        public Task MarkRetryAsync(TakenNotification taken, TimeSpan delay, string reason, CancellationToken cancellation) => SettledAsync();

        public Task MarkFailedAsync(TakenNotification taken, string reason, CancellationToken cancellation) => SettledAsync();

        /// <summary>Lets the one notification be due once more, when what was made of it was looked at.</summary>
        public void Again() => Interlocked.Increment(ref again);

        private Task SettledAsync()
        {
            settled = true;
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<Notification>> ListAsync(Guid owner, string channel, int limit, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Notification?> FindAsync(Guid id, CancellationToken cancellation) => throw new NotSupportedException();

        private Notification Notification => new()
        {
            Id = new Guid(1, 0, 0, new byte[8]),
            JobId = Guid.Empty,
            VideoId = Guid.Empty,
            OwnerId = Guid.Empty,
            Kind = "video.processed",
            Channel = Notification.MailChannel,
            ToAddress = "ana@example.org",
            ToName = "Ana",
            Language = "en",
            Subject = "Ready",
            Text = "Ready",
            Html = "<p>Ready</p>",
            CreatedAt = clock.GetUtcNow(),
            State = NotificationState.Pending,
            DueAt = due,
        };
    }
}
