using System.Diagnostics;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Messaging.Outbox;

/// <summary>
/// The transactional outbox of one module's database: a change and the events it causes are one write. <see cref="Add"/> inside the transaction, then,
/// once it is committed, <see cref="Wake"/> so that the relay need not wait for its next look.
/// </summary>
public sealed class Outbox<TDb>(Ids ids, TimeProvider clock, OutboxSource<TDb> source) where TDb : DbContext
{
    private readonly Signal committed = new(clock);

    /// <summary>Adds the event to the context; the caller saves.</summary>
    public void Add<T>(TDb db, T message) where T : IMessage
    {
        var happened = CloudEvent.Of(message, ids.New(), source.Name, clock.GetUtcNow(), Activity.Current?.Id);
        db.Set<OutboxRow>().Add(new OutboxRow { EventId = happened.Id, Body = happened.ToJson() });
    }

    /// <summary>Tells the relay that events were committed.</summary>
    public void Wake() => committed.Set();

    internal Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellation) => committed.WaitAsync(atMost, cancellation);
}

/// <summary>The CloudEvents source of a module's events.</summary>
/// <param name="Name">For example <c>/fotograma/video</c>.</param>
public sealed record OutboxSource<TDb>(string Name) where TDb : DbContext;
