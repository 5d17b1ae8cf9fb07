using Fotograma.Messages;
using Fotograma.Messaging.Transport;

namespace Fotograma.Suites.Transport;

/// <summary>What was given up can be given once more.</summary>
public abstract partial class TransportSuite
{
    private const int MoreThanAPage = 120;

    [Fact]
    public async Task More_dead_letters_than_a_page_are_given_to_their_group_once_more_and_are_gone()
    {
        var group = await SubscribedAsync("one");
        var sent = await GivenUpAsync(group, MoreThanAPage);
        (await transport.RedriveAsync(group, null, Cancellation)).ShouldBe(new Redriven(MoreThanAPage, 0));
        (await transport.ReadDeadLettersAsync(group, MoreThanAPage, Cancellation)).ShouldBeEmpty();
        var member = Consume(group);
        (await member.NextDistinctAsync(MoreThanAPage)).SetEquals(sent.Select(happened => happened.Id)).ShouldBeTrue();
        await GetsNothingMoreAsync(member);
        (await transport.RedriveAsync(group, null, Cancellation)).ShouldBe(new Redriven(0, 0));
    }

    [Fact]
    public async Task Dead_letters_are_given_to_no_other_group_and_their_attempts_are_counted_anew()
    {
        var (one, two) = (await SubscribedAsync("one"), await SubscribedAsync("two"));
        var healthy = Consume(two);
        var healed = false;
        var member = Consume(one, (delivery, _) => Task.FromResult(
            healed ? Done : delivery.Attempt < 2 ? new Settlement.Retry(TimeSpan.Zero) : new Settlement.GiveUp("poison")));
        var sent = Event(subject: "thing-1") with { TraceParent = Trace, TraceState = TraceNotes };
        await PublishAsync(sent);
        await healthy.NextAsync();
        await member.NextAsync(2);
        await DeadLettersAsync(one, 1);
        Volatile.Write(ref healed, true);
        await transport.RedriveAsync(one, null, Cancellation);
        var again = await member.NextAsync();
        (again.Event with { Data = sent.Data }).ShouldBe(sent);
        again.Event.Data.GetRawText().ShouldBe(sent.Data.GetRawText());
        again.Attempt.ShouldBe(1);
        await GetsNothingMoreAsync(healthy);
    }

    [Fact]
    public async Task One_dead_letter_is_given_by_its_id_and_the_others_stay()
    {
        var group = await SubscribedAsync("one");
        var sent = await GivenUpAsync(group, 3);
        (await transport.RedriveAsync(group, ids.New(), Cancellation)).ShouldBe(new Redriven(0, 0));
        (await transport.RedriveAsync(group, sent[1].Id, Cancellation)).ShouldBe(new Redriven(1, 0));
        (await DeadLettersAsync(group, 2)).Select(letter => letter.Event!.Id).ShouldBe([sent[0].Id, sent[2].Id], ignoreOrder: true);
        (await Consume(group).NextAsync()).Event.Id.ShouldBe(sent[1].Id);
    }

    [Fact]
    public async Task What_is_no_event_stays_among_the_dead_letters_and_holds_nobody_up()
    {
        var group = await SubscribedAsync("one");
        await peer.PublishRawAsync(group, "this is no JSON"u8.ToArray(), Cancellation);
        var sent = await GivenUpAsync(group, 1, before: 1);
        (await transport.RedriveAsync(group, null, Cancellation)).ShouldBe(new Redriven(1, 1));
        (await DeadLettersAsync(group, 1)).ShouldHaveSingleItem().Event.ShouldBeNull();
        (await Consume(group).NextAsync()).Event.Id.ShouldBe(sent[0].Id);
    }

    [Fact]
    public async Task Whoever_is_stopped_while_it_gives_dead_letters_has_lost_none() =>
        await LosesNoneAsync(async (_, giving, stop) =>
        {
            await stop.CancelAsync();
            await InTimeAsync(giving);
        });

    [Fact]
    public async Task Whoever_dies_while_it_gives_dead_letters_has_lost_none()
    {
        if (peer.HidesWhatTheDeadHad) Assert.Skip($"{transport.Capabilities.Name} hides what a dead process had in hand for longer than a test lasts.");
        await LosesNoneAsync(async (other, giving, _) =>
        {
            await peer.KillAsync(other, Cancellation);
            await InTimeAsync(giving);
        });
    }

    [Fact]
    public async Task Looking_for_dead_letters_makes_no_queue()
    {
        if (!peer.QueuesCanBeMissing) Assert.Skip($"{transport.Capabilities.Name} has no queues that can be missing.");
        var group = Group("one");
        // Some say that there are none, some that there is no place for them.
        await Record.ExceptionAsync(() => transport.ReadDeadLettersAsync(group, 10, Cancellation));
        await Should.ThrowAsync<Exception>(() => transport.RedriveAsync(group, null, Cancellation));
        (await transport.LookAsync([group], Cancellation)).Gone.ShouldBe([group.Group]);
    }

    // As soon as the first event has come; where all were given by then, nothing was cut.
    private async Task LosesNoneAsync(Func<ITransport, Task, CancellationTokenSource, Task> cutAsync)
    {
        var group = await SubscribedAsync("one");
        var sent = await GivenUpAsync(group, MoreThanAPage);
        var other = await peer.ConnectAsync(Cancellation);
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var member = Consume(group, (_, _) =>
        {
            first.TrySetResult();
            return Task.FromResult(Done);
        });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var giving = Record.ExceptionAsync(() => other.RedriveAsync(group, null, stop.Token)).AsTask();
        await InTimeAsync(first.Task);
        await cutAsync(other, giving, stop);
        // What the other one had in hand comes back when the broker has noticed.
        var all = member.NextDistinctAsync(MoreThanAPage);
        await InTimeAsync(GiveUntilNoneIsLeftAsync());
        (await all).SetEquals(sent.Select(happened => happened.Id)).ShouldBeTrue();

        async Task GiveUntilNoneIsLeftAsync()
        {
            while (!all.IsCompleted || (await transport.ReadDeadLettersAsync(group, 10, Cancellation)).Count > 0) await transport.RedriveAsync(group, null, Cancellation);
        }
    }

    // In order, by a member that gives up everything; so many were there before.
    private async Task<List<CloudEvent>> GivenUpAsync(Subscription group, int count, int before = 0)
    {
        var member = Consume(group, (_, _) => Task.FromResult<Settlement>(new Settlement.GiveUp("poison")));
        List<CloudEvent> sent = [.. Enumerable.Range(0, count).Select(_ => Event(subject: "same"))];
        await PublishAsync(sent);
        await DeadLettersAsync(group, count + before);
        await member.StopAsync();
        return sent;
    }
}
