using Fotograma.Fleeting.Store;

namespace Fotograma.Fleeting.Tests.Suites;

/// <summary>What every fleeting store does. A driver's test class derives from it and says only how to open its store, empty, once and once more.</summary>
public abstract class FleetingStoreSuite : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private IFleetingStore store = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Opens the test's own store. Called again it opens the same one as another process would.</summary>
    protected abstract IFleetingStore Open();

    protected abstract ValueTask CloseAsync();

    public ValueTask InitializeAsync()
    {
        store = Open();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Nothing_is_marked_that_was_not_marked() => (await store.IsMarkedAsync("a", Cancellation)).ShouldBeFalse();

    [Fact]
    public async Task Mark_is_seen_by_every_user_of_the_store_and_is_no_other_mark()
    {
        await store.MarkAsync("a", Long, Cancellation);
        (await store.IsMarkedAsync("a", Cancellation)).ShouldBeTrue();
        (await Open().IsMarkedAsync("a", Cancellation)).ShouldBeTrue();
        (await store.IsMarkedAsync("b", Cancellation)).ShouldBeFalse();
    }

    [Fact]
    public async Task Mark_ends_when_its_life_is_over()
    {
        await store.MarkAsync("a", Short, Cancellation);
        (await store.IsMarkedAsync("a", Cancellation)).ShouldBeTrue();
        await UntilAsync(async () => !await store.IsMarkedAsync("a", Cancellation));
    }

    [Fact]
    public async Task Mark_that_is_set_again_lives_anew()
    {
        await store.MarkAsync("a", Short, Cancellation);
        await store.MarkAsync("a", Long, Cancellation);
        await store.MarkAsync("b", Short, Cancellation);
        await UntilAsync(async () => !await store.IsMarkedAsync("b", Cancellation));
        (await store.IsMarkedAsync("a", Cancellation)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public async Task Mark_without_a_life_is_not_set(int seconds)
    {
        await store.MarkAsync("a", TimeSpan.FromSeconds(seconds), Cancellation);
        (await store.IsMarkedAsync("a", Cancellation)).ShouldBeFalse();
    }

    [Fact]
    public async Task Counter_grows_with_every_addition_and_by_its_amount()
    {
        (await store.AddAsync("a", 1, Long, Cancellation)).Count.ShouldBe(1);
        (await store.AddAsync("a", 1, Long, Cancellation)).Count.ShouldBe(2);
        (await store.AddAsync("a", 40, Long, Cancellation)).Count.ShouldBe(42);
        (await store.AddAsync("b", 1, Long, Cancellation)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Counter_and_mark_of_one_name_are_two_things()
    {
        await store.MarkAsync("a", Long, Cancellation);
        (await store.AddAsync("a", 1, Long, Cancellation)).Count.ShouldBe(1);
        (await store.IsMarkedAsync("a", Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public async Task Counter_is_forgotten_when_the_window_since_its_first_addition_is_over()
    {
        var begun = await store.AddAsync("a", 1, Short, Cancellation);
        begun.EndsIn.ShouldBeInRange(TimeSpan.FromMilliseconds(1), Short);
        (await store.AddAsync("a", 1, Long, Cancellation)).EndsIn.ShouldBeLessThanOrEqualTo(Short, "A later addition does not move the window's end.");
        await UntilAsync(async () => (await store.AddAsync("a", -1, Short, Cancellation)).EndsIn == TimeSpan.Zero);
        (await store.AddAsync("a", 1, Long, Cancellation)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Taking_away_never_goes_below_nothing_and_begins_no_window()
    {
        (await store.AddAsync("a", -1, Long, Cancellation)).ShouldBe(new WindowCount(0, TimeSpan.Zero));
        await store.AddAsync("a", 2, Long, Cancellation);
        (await store.AddAsync("a", -1, Long, Cancellation)).Count.ShouldBe(1);
        (await store.AddAsync("a", -5, Long, Cancellation)).Count.ShouldBe(0);
        (await store.AddAsync("a", 1, Long, Cancellation)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Additions_at_the_same_time_all_count()
    {
        var other = Open();
        var counts = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => (i % 2 == 0 ? store : other).AddAsync("a", 1, Long, Cancellation))));
        counts.Select(count => count.Count).Order().ShouldBe(Enumerable.Range(1, 200).Select(i => (long)i));
    }

    [Fact]
    public async Task Copy_is_found_by_every_user_of_the_store_as_it_was_kept()
    {
        byte[] copy = [.. Enumerable.Range(0, 65_536).Select(i => (byte)i)];
        (await store.FindAsync("a", Cancellation)).ShouldBeNull();
        await store.KeepAsync("a", copy, Long, Cancellation);
        (await store.FindAsync("a", Cancellation)).ShouldBe(copy);
        (await Open().FindAsync("a", Cancellation)).ShouldBe(copy);
        (await store.FindAsync("b", Cancellation)).ShouldBeNull();
        (await store.IsMarkedAsync("a", Cancellation)).ShouldBeFalse("A copy is no mark.");
    }

    [Fact]
    public async Task Empty_copy_is_a_copy()
    {
        await store.KeepAsync("a", ReadOnlyMemory<byte>.Empty, Long, Cancellation);
        (await store.FindAsync("a", Cancellation)).ShouldNotBeNull().ShouldBeEmpty();
    }

    [Fact]
    public async Task Copy_ends_when_its_life_is_over_and_is_replaced_by_a_later_one()
    {
        await store.KeepAsync("a", new byte[] { 1 }, Long, Cancellation);
        await store.KeepAsync("a", new byte[] { 2 }, Short, Cancellation);
        (await store.FindAsync("a", Cancellation)).ShouldBe([2]);
        await UntilAsync(async () => await store.FindAsync("a", Cancellation) is null);
        await store.KeepAsync("a", new byte[] { 3 }, Long, Cancellation);
        await store.KeepAsync("a", new byte[] { 4 }, TimeSpan.Zero, Cancellation);
        (await store.FindAsync("a", Cancellation)).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b\r\nc * ? [x] {y}")]
    [InlineData("ção, 日本語 🎬")]
    public async Task Any_name_is_a_name(string name)
    {
        await store.MarkAsync(name, Long, Cancellation);
        (await store.IsMarkedAsync(name, Cancellation)).ShouldBeTrue();
        (await store.AddAsync(name, 1, Long, Cancellation)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Store_that_answers_gives_a_sign_of_life() => await store.PingAsync(Cancellation);

    [Fact]
    public async Task Cancelled_question_is_not_answered() =>
        await Should.ThrowAsync<OperationCanceledException>(() => store.IsMarkedAsync("a", new CancellationToken(canceled: true)));

    // The passing of time is what is tested; the store is asked again and again until it has passed.
    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        bound.CancelAfter(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await holds()) await timer.WaitForNextTickAsync(bound.Token);
    }
}
