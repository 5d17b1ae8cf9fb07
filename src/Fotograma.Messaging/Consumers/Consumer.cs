using System.Text.Json;
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
    /// event (same id); when it throws, the event is retried with growing delays, for a day unless set otherwise, and in the end kept as a dead letter.
    /// </summary>
    public Consumer On<TMessage, THandler>(Func<THandler, TMessage, Guid, CancellationToken, Task> handle)
        where TMessage : IMessage where THandler : notnull
    {
        handlers.Add(TMessage.Type, (services, happened, cancellation) =>
            handle(services.GetRequiredService<THandler>(), Read<TMessage>(happened), happened.Id, cancellation));
        return this;
    }

    /// <exception cref="UnknownTypeException">No handler here knows the type.</exception>
    /// <exception cref="UnreadableEventException">The event does not carry what its type promises.</exception>
    internal Task HandleAsync(IServiceProvider services, CloudEvent happened, CancellationToken cancellation) => handlers.TryGetValue(happened.Type, out var handle)
        ? handle(services, happened, cancellation)
        : throw new UnknownTypeException(group, happened.Type);

    // Apart from the handler, which may read JSON of its own.
    private static TMessage Read<TMessage>(CloudEvent happened) where TMessage : IMessage
    {
        try
        {
            return happened.Read<TMessage>();
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new UnreadableEventException(exception);
        }
    }
}

/// <summary>The event does not carry what its type promises, and never will.</summary>
internal sealed class UnreadableEventException(Exception cause) : Exception(cause.Message, cause);

/// <summary>While an old and a new version run side by side, the old one may be given a type that only the new one knows: the event fails here, and comes again to either.</summary>
internal sealed class UnknownTypeException(string group, string type) : Exception($"The group {group} does not handle events of the type {type}.");
