using Fotograma.Messaging.RabbitMq.Connecting;
using Fotograma.Messaging.RabbitMq.Layout;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Fotograma.Messaging.RabbitMq.Publishing;

/// <summary>
/// Publishes and waits until the broker confirmed every single one: a quorum queue confirms what a majority has written to its disk. The channel is shared by everybody
/// in the process who publishes.
/// </summary>
internal sealed class Publisher(BrokerConnection connection, Names names, RabbitMqOptions options) : IDisposable
{
    private static readonly CreateChannelOptions Confirmed = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
    private readonly SemaphoreSlim opening = new(1, 1);
    private IChannel? current;

    /// <summary>When it returns everything has arrived; when it throws any of it may have.</summary>
    public async Task SendAsync(IReadOnlyCollection<Parcel> parcels, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(options.PublishTimeout);
        try
        {
            RefuseWhileBlocked();
            var channel = await OpenAsync(patience.Token);
            await Task.WhenAll(parcels.Select(parcel =>
                channel.BasicPublishAsync(parcel.Exchange, parcel.Key, parcel.MustArrive, parcel.Properties, parcel.Body, patience.Token).AsTask()));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            RefuseWhileBlocked();
            await connection.DiscardAsync();
            throw new RabbitMqException($"RabbitMQ at {connection.Where} did not confirm events within {options.PublishTimeoutSeconds} s.");
        }
        catch (PublishReturnException exception)
        {
            throw new RabbitMqException(
                $"RabbitMQ has no queue for {exception.RoutingKey} at the exchange '{exception.Exchange}', though a group wants it. Is a queue or its binding missing?", exception);
        }
        catch (PublishException exception)
        {
            throw new RabbitMqException("RabbitMQ refused an event: a queue is full or lacks its majority.", exception);
        }
        catch (Exception exception) when (RabbitMqException.IsLoss(exception))
        {
            throw new RabbitMqException($"RabbitMQ at {connection.Where} was lost while events were published: {exception.Message}", exception);
        }
    }

    /// <summary>Whether the broker takes nothing from publishers at the moment.</summary>
    public bool IsBlocked => connection.Blocked is not null;

    /// <summary>Throws while the broker takes nothing from publishers.</summary>
    public void RefuseWhileBlocked()
    {
        if (connection.Blocked is { } reason) throw new RabbitMqException($"RabbitMQ at {connection.Where} takes no events at the moment: {reason}.");
    }

    public void Dispose() => opening.Dispose();

    private async Task<IChannel> OpenAsync(CancellationToken cancellation)
    {
        await opening.WaitAsync(cancellation);
        try
        {
            var open = await connection.OpenAsync(cancellation);
            if (current is { IsOpen: true } channel) return channel;
            if (current is { } closed) await closed.DisposeAsync();
            current = await open.CreateChannelAsync(Confirmed, cancellation);
            // So that what nobody wants can be published, whether or not anything was prepared. It holds nothing; a binding that it lost is missed by the first event that is wanted.
            if (options.Declare) await current.ExchangeDeclareAsync(names.Events, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellation);
            return current;
        }
        finally
        {
            opening.Release();
        }
    }
}
