using Fotograma.Messaging.Live;

namespace Fotograma.Messaging.Tests;

/// <summary>Fleeting signals to who listens.</summary>
public sealed class LiveFeedTests
{
    [Fact]
    public void Topic_is_forgotten_with_its_last_listener()
    {
        var feed = new LiveFeed();
        var (first, second) = (feed.Listen("owner.1"), feed.Listen("owner.1"));
        feed.Topics.ShouldBe(1);
        first.Dispose();
        feed.Signal("owner.1", "still heard");
        second.Signals.TryRead(out var heard).ShouldBeTrue();
        heard.ShouldBe("still heard");
        first.Signals.TryRead(out _).ShouldBeFalse();
        second.Dispose();
        second.Dispose();
        feed.Topics.ShouldBe(0);
    }

    [Fact]
    public async Task Listeners_that_come_and_go_at_once_lose_nothing()
    {
        var feed = new LiveFeed();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var turn = 0; turn < 2000; turn++)
            {
                using var listener = feed.Listen("shared");
                feed.Signal("shared", "hello");
                listener.Signals.TryRead(out var heard).ShouldBeTrue();
            }
        }, TestContext.Current.CancellationToken)));
        feed.Topics.ShouldBe(0);
    }
}
