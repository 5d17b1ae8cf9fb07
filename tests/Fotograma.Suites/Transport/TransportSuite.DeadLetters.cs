using Fotograma.Messages;
using Fotograma.Messaging.Transport;

namespace Fotograma.Suites.Transport;

/// <summary>What was given up is kept.</summary>
public abstract partial class TransportSuite
{
    [Fact]
    public async Task Given_up_event_is_kept_with_its_reason()
    {
        var group = await SubscribedAsync("one");
        var member = Consume(group, (_, _) => Task.FromResult<Settlement>(new Settlement.GiveUp("malformed: não é JSON")));
        var sent = Event();
        await PublishAsync(sent);
        await member.NextAsync();
        await GetsNothingMoreAsync(member);
        await member.StopAsync();
        // The event that showed that nothing more comes was given up too, perhaps the sooner of the two.
        var dead = (await transport.ReadDeadLettersAsync(group, 10, Cancellation)).Single(letter => letter.Event!.Id == sent.Id);
        dead.Event!.Data.GetRawText().ShouldBe(sent.Data.GetRawText());
        dead.Reason.ShouldBe("malformed: não é JSON");
        dead.At.ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Given_up_event_does_not_come_again()
    {
        var group = await SubscribedAsync("one");
        var member = Consume(group, (_, _) => Task.FromResult<Settlement>(new Settlement.GiveUp("poison")));
        await PublishAsync(Event());
        await member.NextAsync();
        await member.StopAsync();
        await GetsNothingMoreAsync(Consume(group));
    }

    [Fact]
    public async Task Given_up_event_is_given_up_by_its_group_alone()
    {
        var one = await SubscribedAsync("one");
        var two = await SubscribedAsync("two");
        var poisoned = Consume(one, (_, _) => Task.FromResult<Settlement>(new Settlement.GiveUp("poison")));
        var healthy = Consume(two);
        await PublishAsync(Event());
        await poisoned.NextAsync();
        await healthy.NextAsync();
        await poisoned.StopAsync();
        (await transport.ReadDeadLettersAsync(one, 10, Cancellation)).Count.ShouldBe(1);
        (await transport.ReadDeadLettersAsync(two, 10, Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Dead_letters_are_read_oldest_first_and_no_more_than_asked_for()
    {
        var group = await SubscribedAsync("one");
        var member = Consume(group, (_, _) => Task.FromResult<Settlement>(new Settlement.GiveUp("poison")), concurrency: 1);
        var sent = new List<CloudEvent>();
        for (var i = 0; i < 5; i++)
        {
            sent.Add(Event(subject: "same"));
            await PublishAsync(sent[^1]);
            await member.NextAsync();
        }
        await member.StopAsync();
        (await transport.ReadDeadLettersAsync(group, 3, Cancellation)).Select(d => d.Event!.Id).ShouldBe(sent.Take(3).Select(e => e.Id));
        (await transport.ReadDeadLettersAsync(group, 100, Cancellation)).Select(d => d.Event!.Id).ShouldBe(sent.Select(e => e.Id));
    }

    [Fact]
    public async Task Dead_letters_can_be_read_from_another_connection()
    {
        var group = await SubscribedAsync("one");
        var member = Consume(group, (_, _) => Task.FromResult<Settlement>(new Settlement.GiveUp("poison")));
        await PublishAsync(Event());
        await member.NextAsync();
        await member.StopAsync();
        var other = await peer.ConnectAsync(Cancellation);
        (await other.ReadDeadLettersAsync(group, 10, Cancellation)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Group_that_gave_nothing_up_has_no_dead_letters() =>
        (await transport.ReadDeadLettersAsync(await SubscribedAsync("one"), 10, Cancellation)).ShouldBeEmpty();

    [Fact]
    public async Task Reading_dead_letters_leaves_them_where_they_are()
    {
        var group = await SubscribedAsync("one");
        var member = Consume(group, (_, _) => Task.FromResult<Settlement>(new Settlement.GiveUp("poison")));
        var sent = Event();
        await PublishAsync(sent);
        await member.NextAsync();
        await DeadLettersAsync(group, 1);
        for (var turn = 0; turn < 3; turn++) (await transport.ReadDeadLettersAsync(group, 10, Cancellation)).ShouldHaveSingleItem().Event!.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task Dead_letter_has_all_its_attributes()
    {
        var group = await SubscribedAsync("one");
        Consume(group, (_, _) => Task.FromResult<Settlement>(new Settlement.GiveUp("poison")));
        var sent = Event(subject: "thing-1") with { TraceParent = Trace, TraceState = TraceNotes };
        await PublishAsync(sent);
        var dead = (await DeadLettersAsync(group, 1))[0];
        (dead.Event! with { Data = sent.Data }).ShouldBe(sent);
        CloudEvent.FromJson(dead.Body.Span).Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task Event_is_given_up_after_its_retries()
    {
        var group = await SubscribedAsync("one");
        var member = Consume(group, (delivery, _) =>
            Task.FromResult<Settlement>(delivery.Attempt < 3 ? new Settlement.Retry(TimeSpan.Zero) : new Settlement.GiveUp($"given up at attempt {delivery.Attempt}")));
        await PublishAsync(Event());
        await member.NextAsync(3);
        (await DeadLettersAsync(group, 1)).ShouldHaveSingleItem().Reason.ShouldBe("given up at attempt 3");
    }

    [Theory]
    [InlineData("")]
    [InlineData("line one\nline two\r\n\tline three")]
    [InlineData("çãõ €, 日本語, 🎞️; \" ' \\ </x>")]
    public async Task Odd_reasons_are_kept_unchanged(string reason)
    {
        var group = await SubscribedAsync("one");
        Consume(group, (_, _) => Task.FromResult<Settlement>(new Settlement.GiveUp(reason)));
        await PublishAsync(Event());
        (await DeadLettersAsync(group, 1))[0].Reason.ShouldBe(reason);
    }

    [Fact]
    public async Task Reason_of_endless_length_is_kept_as_far_as_it_can_be()
    {
        var group = await SubscribedAsync("one");
        Consume(group, (_, _) => Task.FromResult<Settlement>(new Settlement.GiveUp(new string('r', 1_000_000))));
        await PublishAsync(Event());
        (await DeadLettersAsync(group, 1))[0].Reason.ShouldStartWith(new string('r', 1000));
    }

    [Theory]
    [InlineData("this is no JSON")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("""{"specversion":"9.0","id":"0190a5c8-0000-7000-8000-000000000000","source":"/x","type":"suite.happened","subject":"s","time":"2026-01-01T00:00:00Z","data":{}}""")]
    [InlineData("""{"specversion":"1.0","id":"0190a5c8-0000-7000-8000-000000000000","source":null,"type":null,"subject":null,"time":"2026-01-01T00:00:00Z","data":{}}""")]
    public async Task What_is_no_event_is_kept_with_the_reason_and_told_of_and_holds_nobody_up(string text)
    {
        var group = await SubscribedAsync("one");
        var told = new TaskCompletionSource<(string Group, string Reason)>(TaskCreationOptions.RunContinuationsAsynchronously);
        transport.BuriedUnreadable += (of, reason) => told.TrySetResult((of, reason));
        var body = System.Text.Encoding.UTF8.GetBytes(text);
        if (!peer.CanHold(body)) Assert.Skip($"{transport.Capabilities.Name} refuses such a body.");
        await peer.PublishRawAsync(group, body, Cancellation);
        var member = Consume(group);
        var sent = Event();
        await PublishAsync(sent);
        (await member.NextAsync()).Event.Id.ShouldBe(sent.Id);
        // Where events are dealt out by partition, the one that was handed out may have overtaken the one that could not be.
        var dead = await DeadLettersAsync(group, 1);
        dead[0].Event.ShouldBeNull();
        dead[0].Body.ToArray().ShouldBe(body);
        dead[0].Reason.ShouldStartWith("not a CloudEvent 1.0");
        var word = await told.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        word.Group.ShouldBe(group.Group);
        word.Reason.ShouldStartWith("not a CloudEvent 1.0");
        await member.StopAsync();
    }

    // Burying follows the delivery by a moment that nothing announces, so it is looked for, with a bound.
    private async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(Subscription group, int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var dead = await transport.ReadDeadLettersAsync(group, 1000, patience.Token);
            if (dead.Count >= count) return dead;
            await Task.Delay(20, patience.Token);
        }
    }
}
