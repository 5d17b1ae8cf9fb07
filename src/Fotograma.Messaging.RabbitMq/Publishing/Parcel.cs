using RabbitMQ.Client;

namespace Fotograma.Messaging.RabbitMq.Publishing;

/// <summary>Something to publish.</summary>
/// <param name="Exchange">Where to; empty goes to the queue that the key names.</param>
/// <param name="Key">The routing key.</param>
/// <param name="MustArrive">Whether it is a failure when no queue takes it.</param>
/// <param name="Properties">The envelope.</param>
/// <param name="Body">The event.</param>
internal sealed record Parcel(string Exchange, string Key, bool MustArrive, BasicProperties Properties, ReadOnlyMemory<byte> Body);
