using System.Collections.Concurrent;
using System.Data.Common;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Fotograma.Peers.Postgres;
using Fotograma.Suites.Transport;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Messaging.Tests;

/// <summary>The embedded transport with its queues on a PostgreSQL server.</summary>
public sealed class EmbeddedOnPostgresTests : TransportSuite
{
    private static readonly Subscription Listeners = new("listeners", [Told.Type]);
    private static readonly MessagingOptions Slow = new() { PollMilliseconds = 60_000, VisibilityTimeoutSeconds = 60 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected override async Task<TransportPeer> StartPeerAsync(CancellationToken cancellation) =>
        await EmbeddedOnPostgresPeer.StartAsync(new MessagingOptions { VisibilityTimeoutSeconds = 1, PollMilliseconds = 200 });

    [Fact]
    public async Task Member_in_another_process_is_woken_by_a_notification()
    {
        await using var peer = await EmbeddedOnPostgresPeer.StartAsync(Slow);
        await using var listener = await Ear.OpenAsync(peer);
        var publisher = await peer.ConnectAsync(Cancellation);
        // Nobody polls within this test's patience: what is heard, was announced.
        await ListenAsync(peer, 1);
        for (var i = 0; i < 5; i++)
        {
            await publisher.PublishAsync([Event()], Cancellation);
            await listener.NextAsync();
        }
    }

    [Fact]
    public async Task Listening_connection_that_was_cut_is_made_again_and_what_was_missed_is_found()
    {
        await using var peer = await EmbeddedOnPostgresPeer.StartAsync(new MessagingOptions { PollMilliseconds = 1000, VisibilityTimeoutSeconds = 60 });
        await using var listener = await Ear.OpenAsync(peer);
        var publisher = await peer.ConnectAsync(Cancellation);
        await ListenAsync(peer, 1);
        await peer.CutListenersAsync();
        await publisher.PublishAsync([Event()], Cancellation);
        await listener.NextAsync();
        await ListenAsync(peer, 1);
    }

    [Fact]
    public async Task Process_listens_with_one_connection_as_long_as_it_consumes()
    {
        await using var peer = await EmbeddedOnPostgresPeer.StartAsync(Slow);
        var transport = await peer.ConnectAsync(Cancellation);
        var ears = new List<Ear>();
        for (var i = 0; i < 3; i++) ears.Add(await Ear.OpenAsync(peer, transport, $"group-{i}"));
        await ListenAsync(peer, 1);
        foreach (var ear in ears) await ear.DisposeAsync();
        await ListenAsync(peer, 0);
    }

    [Fact]
    public async Task Members_that_claim_at_once_get_every_event_once_and_subjects_in_order()
    {
        await using var peer = await EmbeddedOnPostgresPeer.StartAsync(new MessagingOptions { PollMilliseconds = 200, VisibilityTimeoutSeconds = 60 });
        var publisher = await peer.ConnectAsync(Cancellation);
        await publisher.PrepareAsync([Listeners], Cancellation);
        var sent = Enumerable.Range(0, 600).Select(i => Event($"subject-{i % 7}")).ToList();
        var handled = new ConcurrentQueue<CloudEvent>();
        var atWork = new ConcurrentDictionary<string, bool>();
        var all = new TaskCompletionSource();
        using var stopping = new CancellationTokenSource();
        var members = new List<Task>();
        for (var i = 0; i < 4; i++)
        {
            var transport = await peer.ConnectAsync(Cancellation);
            members.Add(transport.ConsumeAsync(Listeners, new Slots(4), (delivery, _) =>
            {
                if (!atWork.TryAdd(delivery.Event.Subject, true)) all.TrySetException(new InvalidOperationException("Two events of one subject were handled at once."));
                handled.Enqueue(delivery.Event);
                atWork.TryRemove(delivery.Event.Subject, out bool _);
                if (handled.Count == sent.Count) all.TrySetResult();
                return Task.FromResult<Settlement>(new Settlement.Done());
            }, stopping.Token));
        }
        foreach (var batch in sent.Chunk(20)) await publisher.PublishAsync(batch, Cancellation);
        await all.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        await stopping.CancelAsync();
        foreach (var member in members) await member.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        handled.Select(e => e.Id).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
        foreach (var subject in sent.GroupBy(e => e.Subject)) handled.Where(e => e.Subject == subject.Key).Select(e => e.Id).ShouldBe(subject.Select(e => e.Id));
    }

    [Fact]
    public async Task Consumption_ends_with_a_database_exception_when_the_server_crashes_and_published_events_are_there_afterwards()
    {
        await using var server = await PostgresPeer.StartAsync();
        await using var peer = await EmbeddedOnPostgresPeer.StartAsync(new MessagingOptions { PollMilliseconds = 100, VisibilityTimeoutSeconds = 1 }, server);
        var transport = await peer.ConnectAsync(Cancellation);
        await transport.PrepareAsync([Listeners], Cancellation);
        var sent = Enumerable.Range(0, 20).Select(i => Event($"subject-{i}")).ToList();
        foreach (var happened in sent) await transport.PublishAsync([happened], Cancellation);
        var (begun, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var consuming = transport.ConsumeAsync(Listeners, new Slots(1), async (_, _) =>
        {
            begun.TrySetResult();
            await release.Task;
            return new Settlement.Done();
        }, Cancellation);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        await server.StopImmediateAsync();
        (await Should.ThrowAsync<Exception>(() => transport.PublishAsync([Event()], Cancellation))).ShouldBeAssignableTo<DbException>();
        (await Should.ThrowAsync<Exception>(() => transport.PingAsync(Cancellation))).ShouldBeAssignableTo<DbException>();
        release.SetResult();
        (await Should.ThrowAsync<Exception>(() => consuming.WaitAsync(TimeSpan.FromSeconds(20), Cancellation))).ShouldBeAssignableTo<DbException>();
        await server.StartAgainAsync();
        await using var ear = await Ear.OpenAsync(peer, await peer.ConnectAsync(Cancellation));
        var heard = new HashSet<Guid>();
        while (heard.Count < sent.Count) heard.Add(await ear.NextAsync());
        heard.ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Type_that_a_newer_version_subscribed_to_stays_when_an_older_one_starts()
    {
        await using var peer = await EmbeddedOnPostgresPeer.StartAsync(Slow);
        var newer = await peer.ConnectAsync(Cancellation);
        await newer.PrepareAsync([Listeners with { Types = [Told.Type, "story.new"] }], Cancellation);
        var older = await peer.ConnectAsync(Cancellation);
        await older.PrepareAsync([Listeners], Cancellation);
        await newer.PublishAsync([Event() with { Type = "story.new" }], Cancellation);
        await using var db = peer.OpenDatabase();
        (await db.Queue.CountAsync(Cancellation)).ShouldBe(1);
    }

    [Fact]
    public async Task Processes_that_prepare_at_the_same_moment_do_not_hinder_each_other()
    {
        await using var peer = await EmbeddedOnPostgresPeer.StartAsync(Slow);
        var transports = new List<ITransport>();
        for (var i = 0; i < 8; i++) transports.Add(await peer.ConnectAsync(Cancellation));
        var groups = Enumerable.Range(0, 5).Select(i => new Subscription($"group-{i}", [Told.Type, "story.other", "story.more"])).ToList();
        await Task.WhenAll(transports.Select(transport => Task.Run(() => transport.PrepareAsync(groups, Cancellation), Cancellation)));
        await transports[0].PublishAsync([Event()], Cancellation);
        await using var db = peer.OpenDatabase();
        (await db.Queue.CountAsync(Cancellation)).ShouldBe(groups.Count);
    }

    [Fact]
    public async Task Reason_that_the_database_cannot_hold_does_not_keep_an_event_from_being_given_up()
    {
        await using var peer = await EmbeddedOnPostgresPeer.StartAsync(Slow);
        var transport = await peer.ConnectAsync(Cancellation);
        await transport.PrepareAsync([Listeners], Cancellation);
        await transport.PublishAsync([Event()], Cancellation);
        using var stopping = new CancellationTokenSource();
        var consuming = transport.ConsumeAsync(Listeners, new Slots(1), (_, _) => Task.FromResult<Settlement>(new Settlement.GiveUp("bad \0 \uD83C byte")), stopping.Token);
        IReadOnlyList<DeadLetter> dead = [];
        while (dead.Count == 0)
        {
            dead = await transport.ReadDeadLettersAsync(Listeners, 10, Cancellation);
            await Task.Delay(5, Cancellation);
        }
        dead[0].Reason.ShouldBe("bad \uFFFD \uFFFD byte");
        await stopping.CancelAsync();
        await consuming.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private static readonly Kernel.Hosting.Ids Ids = new(TimeProvider.System);

    private static CloudEvent Event(string subject = "story") => new()
    {
        Id = Ids.New(),
        Source = "/fotograma/story",
        Type = Told.Type,
        Subject = subject,
        Time = DateTimeOffset.UnixEpoch,
        Data = System.Text.Json.JsonSerializer.SerializeToElement(new Told("text")),
    };

    private static async Task ListenAsync(EmbeddedOnPostgresPeer peer, int listeners)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (await peer.ListenersAsync() != listeners) await Task.Delay(10, patience.Token);
    }

    /// <summary>A process that consumes and says what it got.</summary>
    private sealed class Ear : IAsyncDisposable
    {
        private readonly System.Threading.Channels.Channel<Guid> heard = System.Threading.Channels.Channel.CreateUnbounded<Guid>();
        private readonly CancellationTokenSource stopping = new();
        private Task consuming = Task.CompletedTask;

        public static async Task<Ear> OpenAsync(EmbeddedOnPostgresPeer peer, ITransport? through = null, string group = "listeners")
        {
            var (ear, transport, subscription) = (new Ear(), through ?? await peer.ConnectAsync(Cancellation), Listeners with { Group = group });
            await transport.PrepareAsync([subscription], Cancellation);
            ear.consuming = transport.ConsumeAsync(subscription, new Slots(4), (delivery, _) =>
            {
                ear.heard.Writer.TryWrite(delivery.Event.Id);
                return Task.FromResult<Settlement>(new Settlement.Done());
            }, ear.stopping.Token);
            return ear;
        }

        public async Task<Guid> NextAsync() => await heard.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        public async ValueTask DisposeAsync()
        {
            await stopping.CancelAsync();
            await consuming.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            stopping.Dispose();
        }
    }
}
