using System.Collections.Concurrent;
using System.Text.Json;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;

namespace Fotograma.Suites.Outbox;

/// <summary>What every place does in which a module's events wait. A driver's test class says how an event is written there, as a part of a change that is committed.</summary>
public abstract class OutboxSuite : IAsyncLifetime
{
    private readonly Ids ids = new(TimeProvider.System);
    private IOutboxStore store = null!;

    /// <summary>Makes an empty outbox.</summary>
    protected abstract Task<IOutboxStore> MakeAsync(CancellationToken cancellation);

    /// <summary>Commits a change that causes these events.</summary>
    protected abstract Task WriteAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation);

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
        (await store.MoveAsync(10, (_, _) => throw new InvalidOperationException("There is nothing to publish."), Cancellation)).ShouldBe(0);

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
        await Should.ThrowAsync<IOException>(() => store.MoveAsync(10, (_, _) => throw new IOException("The broker is meant to fail."), Cancellation));
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
        Data = JsonSerializer.SerializeToElement(new { text }),
    };
}
