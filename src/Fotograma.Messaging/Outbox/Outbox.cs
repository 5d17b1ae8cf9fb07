using System.Diagnostics;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Messaging.Outbox;

/// <summary>
/// The transactional outbox of one module: a change and the events it causes are one write. <see cref="Of"/> makes an event for that write; once it is committed,
/// <see cref="Wake"/>, so that the relay need not wait for its next look.
/// </summary>
/// <param name="ids">Makes the events' ids.</param>
/// <param name="clock">Says when they happened.</param>
/// <param name="source">The CloudEvents source, for example <c>/fotograma/video</c>.</param>
public sealed class EventOutbox(Ids ids, TimeProvider clock, string source)
{
    private readonly Signal committed = new(clock);

    /// <summary>The module whose events these are.</summary>
    public string Source { get; } = source;

    /// <summary>Makes the event of a message; the caller writes it together with the change that causes it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="asked">The trace context in which somebody asked for the work: the event belongs to that trace, whatever the work is a part of here.</param>
    public CloudEvent Of<T>(T message, TraceContext? asked = null) where T : IMessage =>
        CloudEvent.Of(message, ids.New(), Source, clock.GetUtcNow(), IsPartOf(asked) ? TraceContext.Current : asked);

    /// <summary>Tells the relay that events were committed.</summary>
    public void Wake() => committed.Set();

    private static bool IsPartOf(TraceContext? asked) => asked is null || (Activity.Current is { } current && asked.ToActivity().TraceId == current.TraceId);

    internal Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellation) => committed.WaitAsync(atMost, cancellation);
}

/// <summary>The outbox of a module whose store is a database of EF Core.</summary>
public sealed class Outbox<TDb> where TDb : DbContext
{
    /// <summary>An outbox of its own.</summary>
    public Outbox(Ids ids, TimeProvider clock, OutboxSource<TDb> source) => Events = new EventOutbox(ids, clock, source.Name);

    /// <summary>What makes the events and wakes the relay.</summary>
    public EventOutbox Events { get; }

    /// <summary>Adds the event to the context; the caller saves.</summary>
    public void Add<T>(TDb db, T message) where T : IMessage => db.Set<OutboxRow>().Add(OutboxRow.Of(Events.Of(message)));

    /// <summary>Tells the relay that events were committed.</summary>
    public void Wake() => Events.Wake();
}

/// <summary>The CloudEvents source of a module's events.</summary>
/// <param name="Name">For example <c>/fotograma/video</c>.</param>
public sealed record OutboxSource<TDb>(string Name) where TDb : DbContext;
