using System.Collections.Concurrent;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;

namespace Fotograma.Suites.Transport;

/// <summary>Several members, several groups, several processes.</summary>
public abstract partial class TransportSuite
{
    [Fact]
    public async Task Several_groups_are_prepared_at_once()
    {
        Subscription[] groups = [Group("one"), Group("two", OtherType), Group("three", Type, OtherType)];
        await transport.PrepareAsync(groups, Cancellation);
        var all = groups.Select(group => Consume(group)).ToList();
        CloudEvent[] sent = [Event(), Event(OtherType)];
        await PublishAsync(sent);
        (await all[0].NextAsync()).Event.Id.ShouldBe(sent[0].Id);
        (await all[1].NextAsync()).Event.Id.ShouldBe(sent[1].Id);
        (await all[2].NextAsync(2)).Select(e => e.Id).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Group_that_another_process_prepared_gets_what_this_one_publishes()
    {
        if (!transport.Capabilities.RoutesAtBroker) Assert.Skip($"{transport.Capabilities.Name} sends to the groups that the publishing process prepared.");
        var other = await peer.ConnectAsync(Cancellation);
        var group = Group("one");
        await other.PrepareAsync([group], Cancellation);
        var sent = Event();
        await PublishAsync(sent);
        (await Consume(group, from: other).NextAsync()).Event.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task Older_process_that_starts_takes_no_type_from_a_newer_one()
    {
        var newer = Group("one", Type, OtherType);
        await transport.PrepareAsync([newer], Cancellation);
        var older = await peer.ConnectAsync(Cancellation);
        await older.PrepareAsync([newer with { Types = [Type] }], Cancellation);
        CloudEvent[] sent = [Event(), Event(OtherType)];
        await PublishAsync(sent);
        (await Consume(newer).NextAsync(2)).Select(e => e.Id).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Groups_are_prepared_by_several_processes_at_the_same_time()
    {
        var group = Group("one");
        var processes = new List<ITransport> { transport };
        for (var i = 0; i < 3; i++) processes.Add(await peer.ConnectAsync(Cancellation));
        await InTimeAsync(Task.WhenAll(processes.Select(process => Task.Run(() => process.PrepareAsync([group], Cancellation)))));
        var sent = Event();
        await PublishAsync(sent);
        (await Consume(group).NextAsync()).Event.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task Group_that_does_not_consume_holds_nobody_up()
    {
        var idle = await SubscribedAsync("idle");
        var member = Consume(await SubscribedAsync("busy"));
        var sent = Enumerable.Range(0, 20).Select(_ => Event()).ToList();
        foreach (var happened in sent) await PublishAsync(happened);
        (await member.NextAsync(sent.Count)).Select(e => e.Id).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
        (await Consume(idle).NextAsync(sent.Count)).Select(e => e.Id).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Event_that_nobody_wants_travels_among_others_and_harms_none()
    {
        var member = Consume(await SubscribedAsync("one"));
        CloudEvent[] sent = [Event("suite.unwanted"), Event(), Event("suite.unwanted"), Event()];
        await PublishAsync(sent);
        (await member.NextAsync(2)).Select(e => e.Id).ShouldBe([sent[1].Id, sent[3].Id], ignoreOrder: true);
    }

    [Fact]
    public async Task Consumption_can_be_taken_up_again_after_it_was_cancelled()
    {
        var group = await SubscribedAsync("one");
        for (var turn = 0; turn < 5; turn++)
        {
            var member = Consume(group);
            var sent = Event();
            await PublishAsync(sent);
            (await member.NextAsync()).Event.Id.ShouldBe(sent.Id);
            await member.StopAsync();
        }
        await GetsNothingMoreAsync(Consume(group));
    }

    [Fact]
    public async Task Members_that_stay_take_over_from_one_that_leaves()
    {
        var group = await SubscribedAsync("one");
        var handled = new ConcurrentDictionary<Guid, bool>();
        var all = new TaskCompletionSource();
        var sent = Enumerable.Range(0, 60).Select(_ => Event()).ToList();
        Task<Settlement> Note(Delivery delivery, CancellationToken cancellation)
        {
            handled[delivery.Event.Id] = true;
            if (handled.Count == sent.Count) all.TrySetResult();
            return Task.FromResult(Done);
        }
        var leaving = Consume(group, Never);
        await PublishAsync(sent);
        await leaving.NextAsync();
        Consume(group, Note, from: await peer.ConnectAsync(Cancellation));
        await leaving.StopAsync();
        await InTimeAsync(all.Task);
    }

    [Fact]
    public async Task Members_that_stay_take_over_from_one_that_dies()
    {
        var group = await SubscribedAsync("one");
        var handled = new ConcurrentDictionary<Guid, bool>();
        var all = new TaskCompletionSource();
        var sent = Enumerable.Range(0, 30).Select(_ => Event()).ToList();
        var doomed = await peer.ConnectAsync(Cancellation);
        var dying = Consume(group, Never, from: doomed);
        await PublishAsync(sent);
        await dying.NextAsync();
        Consume(group, (delivery, _) =>
        {
            handled[delivery.Event.Id] = true;
            if (handled.Count == sent.Count) all.TrySetResult();
            return Task.FromResult(Done);
        });
        await peer.KillAsync(doomed, Cancellation);
        await InTimeAsync(all.Task);
    }

    [Fact]
    public async Task Retries_among_several_members_all_succeed_in_the_end()
    {
        var group = await SubscribedAsync("one");
        var succeeded = new ConcurrentDictionary<Guid, bool>();
        var all = new TaskCompletionSource();
        var sent = Enumerable.Range(0, 30).Select(_ => Event()).ToList();
        Task<Settlement> TryThreeTimes(Delivery delivery, CancellationToken cancellation)
        {
            if (delivery.Attempt < 3) return Task.FromResult<Settlement>(new Settlement.Retry(TimeSpan.Zero));
            succeeded[delivery.Event.Id] = true;
            if (succeeded.Count == sent.Count) all.TrySetResult();
            return Task.FromResult(Done);
        }
        Consume(group, TryThreeTimes);
        Consume(group, TryThreeTimes, from: await peer.ConnectAsync(Cancellation));
        await PublishAsync(sent);
        await InTimeAsync(all.Task);
    }

    [Fact]
    public async Task Event_that_is_published_ten_times_arrives_at_least_once_and_never_changed()
    {
        var group = await SubscribedAsync("one");
        var member = Consume(group);
        var sent = Event(text: "ten times");
        for (var copy = 0; copy < 10; copy++) await PublishAsync(sent);
        var got = await member.EverythingBeforeAsync(Event(subject: sent.Subject), last => PublishAsync(last));
        // The last one may overtake copies where order is not promised.
        got.Count.ShouldBeLessThanOrEqualTo(10);
        got.ShouldAllBe(e => e.Id == sent.Id && e.Data.GetRawText() == sent.Data.GetRawText());
        if (transport.Capabilities.OrdersSubjects) got.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task One_connection_serves_several_groups_and_publishers_at_the_same_time()
    {
        var groups = new List<Member>();
        for (var i = 0; i < 4; i++) groups.Add(Consume(await SubscribedAsync($"group{i}")));
        var sent = Enumerable.Range(0, 40).Select(_ => Event()).ToList();
        await InTimeAsync(Task.WhenAll(sent.Chunk(10).Select(batch => Task.Run(() => PublishAsync(batch)))));
        foreach (var member in groups) (await member.NextAsync(sent.Count)).Select(e => e.Id).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }
}
