using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Messaging.Consumers;

/// <summary>The handlers of one consumer group, built up in a module's <c>AddServices</c>.</summary>
public sealed class Consumer(string group)
{
    private readonly Dictionary<string, Func<IServiceProvider, CloudEvent, CancellationToken, Task>> handlers = new(StringComparer.Ordinal);

    /// <summary>The group and the types it handles.</summary>
    public Subscription Subscription => new(group, [.. handlers.Keys.Order(StringComparer.Ordinal)]);

    /// <summary>
    /// Handles every <typeparamref name="TMessage"/> with a method of the singleton <typeparamref name="THandler"/>. The method may be called more than once for one
    /// event (same id); when it throws, the event is retried with growing delays and in the end kept as a dead letter.
    /// </summary>
    public Consumer On<TMessage, THandler>(Func<THandler, TMessage, Guid, CancellationToken, Task> handle)
        where TMessage : IMessage where THandler : notnull
    {
        handlers.Add(TMessage.Type, (services, happened, cancellation) =>
            handle(services.GetRequiredService<THandler>(), happened.Read<TMessage>(), happened.Id, cancellation));
        return this;
    }

    // While an old and a new version run side by side, the old one may be given a type that only the new one knows: the event fails here, and comes again to either.
    internal Task HandleAsync(IServiceProvider services, CloudEvent happened, CancellationToken cancellation) => handlers.TryGetValue(happened.Type, out var handle)
        ? handle(services, happened, cancellation)
        : throw new NotSupportedException($"The group {group} does not handle events of the type {happened.Type}.");
}
