using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;

namespace Fotograma.Messaging.Live;

/// <summary>
/// Fleeting signals to whoever listens right now, by topic. Nothing is stored and nothing is promised: a listener must also look for
/// itself from time to time. Within one process at once; to and from other processes where a carrier listens to <see cref="Signalled"/> and calls
/// <see cref="Hear"/>. A listener that is too slow loses the oldest signals.
/// </summary>
public sealed class LiveFeed
{
    private const int SignalsWaitingMax = 256;
    private readonly ConcurrentDictionary<string, ImmutableHashSet<Channel<string>>> topics = new(StringComparer.Ordinal);

    /// <summary>Topics that somebody listens to.</summary>
    internal int Topics => topics.Count;

    /// <summary>Called with topic and text of every signal of this process, on the thread that gave it: pass it on and leave.</summary>
    public event Action<string, string>? Signalled;

    /// <summary>Signals <paramref name="text"/> to the listeners of <paramref name="topic"/>, here and in other processes. Neither holds a line break.</summary>
    public void Signal(string topic, string text)
    {
        Hear(topic, text);
        Signalled?.Invoke(topic, text);
    }

    /// <summary>Gives the listeners of this process a signal that came from another one.</summary>
    public void Hear(string topic, string text)
    {
        if (!topics.TryGetValue(topic, out var listeners)) return;
        foreach (var listener in listeners) listener.Writer.TryWrite(text);
    }

    /// <summary>Listens to a topic until disposed.</summary>
    public LiveListener Listen(string topic)
    {
        var channel = Channel.CreateBounded<string>(new BoundedChannelOptions(SignalsWaitingMax) { FullMode = BoundedChannelFullMode.DropOldest });
        topics.AddOrUpdate(topic, _ => [channel], (_, listeners) => listeners.Add(channel));
        return new LiveListener(channel.Reader, () => Leave(topic, channel));
    }

    // A topic that nobody listens to any more is forgotten: there may be one for everybody who ever had a page open.
    private void Leave(string topic, Channel<string> channel)
    {
        while (topics.TryGetValue(topic, out var listeners))
        {
            var left = listeners.Remove(channel);
            var isGone = left.IsEmpty ? topics.TryRemove(KeyValuePair.Create(topic, listeners)) : topics.TryUpdate(topic, left, listeners);
            if (isGone) return;
        }
    }
}

/// <summary>One listener's end of a <see cref="LiveFeed"/>.</summary>
public sealed class LiveListener(ChannelReader<string> signals, Action leave) : IDisposable
{
    /// <summary>The signals, oldest first.</summary>
    public ChannelReader<string> Signals { get; } = signals;

    /// <inheritdoc/>
    public void Dispose() => leave();
}
