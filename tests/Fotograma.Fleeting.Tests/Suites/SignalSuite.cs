using System.Threading.Channels;
using Fotograma.Fleeting.Signals;

namespace Fotograma.Fleeting.Tests.Suites;

/// <summary>What every carrier of signals does. A driver's test class derives from it and says only how to reach its server.</summary>
public abstract class SignalSuite : IAsyncLifetime
{
    private readonly List<Ear> ears = [];
    private ISignalDriver driver = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Connects to the test's own channel, as one more process would.</summary>
    protected abstract Task<ISignalDriver> ConnectAsync();

    protected abstract ValueTask CloseAsync();

    public async ValueTask InitializeAsync() => driver = await ConnectAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var ear in ears) await ear.DisposeAsync();
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Every_listener_hears_what_anybody_publishes_the_publisher_too()
    {
        var other = await ConnectAsync();
        Ear[] both = [await ListenAsync(driver), await ListenAsync(other)];
        await driver.PublishAsync("one", Cancellation);
        await other.PublishAsync("two", Cancellation);
        foreach (var ear in both) new[] { await ear.NextAsync(), await ear.NextAsync() }.ShouldBe(["one", "two"], ignoreOrder: true);
    }

    [Fact]
    public async Task Texts_of_one_publisher_come_in_their_order()
    {
        var ear = await ListenAsync(await ConnectAsync());
        for (var i = 0; i < 200; i++) await driver.PublishAsync($"{i}", Cancellation);
        for (var i = 0; i < 200; i++) (await ear.NextAsync()).ShouldBe($"{i}");
    }

    [Fact]
    public async Task What_was_published_before_somebody_listened_is_not_heard()
    {
        await driver.PublishAsync("early", Cancellation);
        var ear = await ListenAsync(driver);
        await driver.PublishAsync("late", Cancellation);
        (await ear.NextAsync()).ShouldBe("late");
    }

    [Theory]
    [InlineData("a\nb\tc' \" \\ ; -- {0} %s")]
    [InlineData("ção, 日本語 🎬")]
    public async Task Any_text_arrives_unchanged(string text)
    {
        var ear = await ListenAsync(await ConnectAsync());
        await driver.PublishAsync(text, Cancellation);
        (await ear.NextAsync()).ShouldBe(text);
    }

    [Fact]
    public async Task Longest_text_arrives_unchanged()
    {
        var ear = await ListenAsync(await ConnectAsync());
        var text = new string('x', ISignalDriver.BytesMax);
        await driver.PublishAsync(text, Cancellation);
        (await ear.NextAsync()).ShouldBe(text);
    }

    [Fact]
    public async Task Listener_that_stopped_hears_nothing_more_and_others_do()
    {
        var ending = await ListenAsync(driver);
        var staying = await ListenAsync(await ConnectAsync());
        await ending.DisposeAsync();
        await driver.PublishAsync("after", Cancellation);
        (await staying.NextAsync()).ShouldBe("after");
        ending.HasHeard.ShouldBeFalse();
    }

    [Fact]
    public async Task Publishing_with_a_cancelled_token_is_refused() =>
        await Should.ThrowAsync<OperationCanceledException>(() => driver.PublishAsync("x", new CancellationToken(canceled: true)));

    private async Task<Ear> ListenAsync(ISignalDriver on)
    {
        var ear = new Ear(on);
        ears.Add(ear);
        await ear.ListensAsync();
        return ear;
    }

    private sealed class Ear : IAsyncDisposable
    {
        private static readonly TimeSpan HearMax = TimeSpan.FromSeconds(20);
        private readonly Channel<string> heard = Channel.CreateUnbounded<string>();
        private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource end = new();
        private readonly Task running;
        private volatile Exception? refusal;

        public Ear(ISignalDriver driver) => running = ListenAsync(driver);

        public bool HasHeard => heard.Reader.TryPeek(out _);

        // A driver that is not connected yet says so, and is asked again: that is what the program does.
        private async Task ListenAsync(ISignalDriver driver)
        {
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            do
            {
                try
                {
                    await driver.ListenAsync(text => heard.Writer.TryWrite(text), () => listening.TrySetResult(), end.Token);
                }
                catch (Exception failure) when (!end.IsCancellationRequested && !listening.Task.IsCompleted)
                {
                    refusal = failure;
                }
            }
            while (!listening.Task.IsCompleted && await pause.WaitForNextTickAsync(end.Token));
        }

        public async Task ListensAsync()
        {
            try
            {
                await (await Task.WhenAny(listening.Task, running).WaitAsync(HearMax, Cancellation));
            }
            catch (TimeoutException) when (refusal is not null)
            {
                throw new TimeoutException("The driver did not listen in time.", refusal);
            }
        }

        public async Task<string> NextAsync() => await heard.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(HearMax, Cancellation);

        public async ValueTask DisposeAsync()
        {
            if (end.IsCancellationRequested) return;
            await end.CancelAsync();
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
