using Fotograma.Messaging.Transport;

namespace Fotograma.Suites.Transport;

/// <summary>A member has no more in hand than it has free slots, and those come and go.</summary>
public abstract partial class TransportSuite
{
    [Fact]
    public async Task Slots_that_become_free_are_filled_at_once()
    {
        const int most = 3;
        var slots = new Slots(most);
        for (var i = 0; i < most; i++) slots.Take();
        var full = new TaskCompletionSource();
        var atWork = 0;
        var member = Consume(await SubscribedAsync("one"), async (_, _) =>
        {
            if (Interlocked.Increment(ref atWork) == most) full.TrySetResult();
            await InTimeAsync(full.Task);
            return Done;
        }, slots: slots);
        await PublishAsync([.. Enumerable.Range(0, most).Select(_ => Event())]);
        await TimePassesAsync();
        member.HasSeenNothing.ShouldBeTrue();
        for (var i = 0; i < most; i++) slots.Return();
        // Each handler waits for the others: all slots must be filled together.
        await member.NextAsync(most);
    }

    [Fact]
    public async Task Work_that_outlives_its_handler_keeps_its_slot()
    {
        var slots = new Slots(2);
        var member = Consume(await SubscribedAsync("one"), (_, _) =>
        {
            slots.Take();
            return Task.FromResult(Done);
        }, slots: slots);
        await PublishAsync([.. Enumerable.Range(0, 5).Select(_ => Event())]);
        await member.NextAsync(2);
        await TimePassesAsync();
        member.HasSeenNothing.ShouldBeTrue();
        slots.Return();
        await member.NextAsync();
        await TimePassesAsync();
        member.HasSeenNothing.ShouldBeTrue();
        for (var i = 0; i < 2; i++) slots.Return();
        await member.NextAsync(2);
    }

    [Fact]
    public async Task Slots_that_are_taken_while_nothing_comes_hold_back_what_comes_then()
    {
        var slots = new Slots(4);
        var group = await SubscribedAsync("one");
        var member = Consume(group, slots: slots);
        var first = Event();
        await PublishAsync(first);
        (await member.NextAsync()).Event.Id.ShouldBe(first.Id);
        for (var i = 0; i < 4; i++) slots.Take();
        await TimePassesAsync();
        var second = Event();
        await PublishAsync(second);
        await TimePassesAsync();
        member.HasSeenNothing.ShouldBeTrue();
        slots.Return();
        (await member.NextAsync()).Event.Id.ShouldBe(second.Id);
    }

    [Fact]
    public async Task Slots_that_shrink_and_grow_lose_no_event()
    {
        var slots = new Slots(3);
        var member = Consume(await SubscribedAsync("one"), slots: slots);
        var sent = Enumerable.Range(0, 60).Select(_ => Event()).ToList();
        var publishing = Task.Run(async () =>
        {
            foreach (var batch in sent.Chunk(5)) await PublishAsync(batch);
        });
        var seen = new HashSet<Guid>();
        for (var turn = 0; seen.Count < sent.Count; turn++)
        {
            // Down to one slot and up again, in the middle of deliveries.
            if (turn % 4 == 0) slots.Take();
            if (turn % 4 == 1) slots.Take();
            seen.Add((await member.NextAsync()).Event.Id);
            if (turn % 4 is 2 or 3) slots.Return();
        }
        await publishing;
        seen.ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }

    // There is no signal for "nothing happens". What stands for it: another group on the same connection was prepared, was given an event and settled it meanwhile.
    private async Task TimePassesAsync()
    {
        const string tick = "suite.tick";
        var bystander = Consume(await SubscribedAsync($"bystander{members.Count}", tick));
        await PublishAsync(Event(tick));
        await bystander.NextAsync();
        await bystander.StopAsync();
    }
}
