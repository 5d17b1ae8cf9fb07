using System.Collections.Concurrent;
using System.Text.Json;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;

namespace Fotograma.Suites.Outbox;

/// <summary>What every place does in which a module's events wait. A driver's test class says how an event is written there, as a part of a change that is committed.</summary>
public abstract class OutboxSuite : IAsyncLifetime
{
    private static readonly EventFate Published = new EventFate.Published();
    private static readonly EventFate Stays = new EventFate.Stays();
    private readonly Ids ids = new(TimeProvider.System);
    private IOutboxStore store = null!;

    /// <summary>Makes an empty outbox.</summary>
    protected abstract Task<IOutboxStore> MakeAsync(CancellationToken cancellation);

    /// <summary>Commits a change that causes these events.</summary>
    protected abstract Task WriteAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation);

    /// <summary>Puts bytes that are no event where events wait.</summary>
    protected abstract Task WriteRawAsync(byte[] body, CancellationToken cancellation);

    /// <summary>Removes what was made.</summary>
    protected abstract ValueTask RemoveAsync();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => store = await MakeAsync(Cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await RemoveAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_empty_outbox_moves_nothing_and_asks_nobody() =>
        (await store.MoveAsync(10, (IReadOnlyList<CloudEvent> _, CancellationToken _) => throw new InvalidOperationException("There is nothing to publish."), Cancellation)).ShouldBe(0);

    [Fact]
    public async Task Events_come_out_as_they_went_in()
    {
        var written = Event("olá 👋 \"quoted\"");
        await WriteAsync([written], Cancellation);
        var moved = await MoveAsync(10);
        JsonSerializer.Serialize(moved.ShouldHaveSingleItem()).ShouldBe(JsonSerializer.Serialize(written));
    }

    [Fact]
    public async Task Events_leave_in_the_order_in_which_they_were_written_and_in_batches()
    {
        var written = Enumerable.Range(0, 25).Select(number => Event($"{number}")).ToList();
        await WriteAsync(written[..10], Cancellation);
        foreach (var happened in written[10..]) await WriteAsync([happened], Cancellation);
        var moved = new List<Guid>();
        foreach (var expected in (int[])[10, 10, 5, 0])
        {
            var batch = await MoveAsync(10);
            batch.Count.ShouldBe(expected);
            moved.AddRange(batch.Select(happened => happened.Id));
        }
        moved.ShouldBe(written.Select(happened => happened.Id));
    }

    [Fact]
    public async Task What_was_published_does_not_come_again()
    {
        await WriteAsync([Event("once")], Cancellation);
        (await MoveAsync(10)).Count.ShouldBe(1);
        (await MoveAsync(10)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_could_not_be_published_stays_and_keeps_its_id()
    {
        var written = Event("patience");
        await WriteAsync([written], Cancellation);
        await Should.ThrowAsync<IOException>(() => store.MoveAsync(
            10, (IReadOnlyList<CloudEvent> _, CancellationToken _) => throw new IOException("The broker is meant to fail."), Cancellation));
        (await MoveAsync(10)).ShouldHaveSingleItem().Id.ShouldBe(written.Id);
    }

    [Fact]
    public async Task An_event_that_is_written_while_others_leave_is_not_forgotten_with_them()
    {
        var (first, late) = (Event("first"), Event("late"));
        await WriteAsync([first], Cancellation);
        await store.MoveAsync(10, (_, cancellation) => WriteAsync([late], cancellation), Cancellation);
        (await MoveAsync(10)).ShouldHaveSingleItem().Id.ShouldBe(late.Id);
    }

    [Fact]
    public async Task Each_event_has_its_own_fate_and_those_that_stay_keep_their_order()
    {
        var written = Enumerable.Range(0, 5).Select(number => Event($"{number}")).ToList();
        await WriteAsync(written, Cancellation);
        (await DecideAsync(waiting => waiting.Select((_, place) => place % 2 == 0 ? Published : Stays))).ShouldBe(3);
        (await MoveAsync(10)).Select(happened => happened.Id).ShouldBe([written[1].Id, written[3].Id]);
    }

    [Fact]
    public async Task What_is_put_aside_lets_the_others_pass_and_is_shown_with_its_reason()
    {
        var (bad, good) = (Event("too large"), Event("good"));
        await WriteAsync([bad, good], Cancellation);
        var at = DateTimeOffset.UnixEpoch.AddDays(20_001);
        (await DecideAsync(_ => [new EventFate.Quarantined("MessageTooLarge: não cabe\0", at), Stays])).ShouldBe(1);
        (await MoveAsync(10)).ShouldHaveSingleItem().Id.ShouldBe(good.Id);
        var aside = (await store.ReadQuarantineAsync(10, Cancellation)).ShouldHaveSingleItem();
        JsonSerializer.Serialize(aside.Event).ShouldBe(JsonSerializer.Serialize(bad));
        aside.Reason.ShouldStartWith("MessageTooLarge: não cabe");
        aside.At.ShouldBe(at);
    }

    [Fact]
    public async Task Quarantine_is_read_oldest_first_and_no_more_than_asked_for()
    {
        var written = Enumerable.Range(0, 4).Select(number => Event($"{number}")).ToList();
        await WriteAsync(written, Cancellation);
        await DecideAsync(waiting => waiting.Select(_ => new EventFate.Quarantined("all", DateTimeOffset.UnixEpoch)));
        (await store.ReadQuarantineAsync(3, Cancellation)).Select(one => one.Event!.Id).ShouldBe(written.Take(3).Select(happened => happened.Id));
    }

    [Fact]
    public async Task What_was_put_aside_can_be_put_back_once()
    {
        var written = Event("patience");
        await WriteAsync([written], Cancellation);
        await DecideAsync(_ => [new EventFate.Quarantined("refused", DateTimeOffset.UnixEpoch)]);
        var key = (await store.ReadQuarantineAsync(10, Cancellation))[0].Key;
        (await store.PutBackAsync(key, Cancellation)).ShouldBeTrue();
        (await store.PutBackAsync(key, Cancellation)).ShouldBeFalse();
        (await store.PutBackAsync("no such key", Cancellation)).ShouldBeFalse();
        (await store.ReadQuarantineAsync(10, Cancellation)).ShouldBeEmpty();
        (await MoveAsync(10)).ShouldHaveSingleItem().Id.ShouldBe(written.Id);
    }

    [Fact]
    public async Task What_cannot_be_read_is_handed_out_with_its_fault_and_can_be_put_aside()
    {
        var good = Event("good");
        await WriteRawAsync("this is no event"u8.ToArray(), Cancellation);
        await WriteAsync([good], Cancellation);
        var left = await DecideAsync(waiting => waiting.Select(one => one.Event is null ? new EventFate.Quarantined(one.Fault!, DateTimeOffset.UnixEpoch) : Published));
        left.ShouldBe(2);
        var aside = (await store.ReadQuarantineAsync(10, Cancellation)).ShouldHaveSingleItem();
        aside.Event.ShouldBeNull();
        aside.Reason.ShouldStartWith("not a CloudEvent 1.0");
    }

    [Fact]
    public async Task Several_relays_at_once_lose_nothing()
    {
        var written = Enumerable.Range(0, 60).Select(number => Event($"{number}")).ToList();
        await WriteAsync(written[..20], Cancellation);
        var published = new ConcurrentBag<Guid>();
        var relays = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var looks = 0; looks < 30; looks++)
            {
                await store.MoveAsync(7, (events, _) =>
                {
                    foreach (var happened in events) published.Add(happened.Id);
                    return Task.CompletedTask;
                }, Cancellation);
            }
        })).ToList();
        foreach (var batch in written[20..].Chunk(5)) await WriteAsync(batch, Cancellation);
        await Task.WhenAll(relays);
        while (await MoveAsync(10) is { Count: > 0 } rest)
        {
            foreach (var happened in rest) published.Add(happened.Id);
        }
        published.Distinct().ShouldBe(written.Select(happened => happened.Id), ignoreOrder: true);
    }

    private Task<int> DecideAsync(Func<IReadOnlyList<WaitingEvent>, IEnumerable<EventFate>> decide) =>
        store.MoveAsync(10, (waiting, _) => Task.FromResult<IReadOnlyList<EventFate>>([.. decide(waiting)]), Cancellation);

    private async Task<IReadOnlyList<CloudEvent>> MoveAsync(int limit)
    {
        IReadOnlyList<CloudEvent> moved = [];
        var count = await store.MoveAsync(limit, (events, _) =>
        {
            moved = events;
            return Task.CompletedTask;
        }, Cancellation);
        count.ShouldBe(moved.Count);
        return moved;
    }

    private CloudEvent Event(string text) => new()
    {
        Id = ids.New(),
        Source = "/fotograma/suite",
        Type = "suite.happened",
        Subject = "suite",
        Time = DateTimeOffset.UnixEpoch.AddDays(20_000),
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        TraceState = "vendor=opaque,other=1",
        Data = JsonSerializer.SerializeToElement(new { text }),
    };
}
