using System.Net.Sockets;
using RabbitMQ.Client.Exceptions;

namespace Fotograma.Messaging.RabbitMq;

/// <summary>The broker could not be used; the message is a sentence for the operator and holds no secret.</summary>
internal sealed class RabbitMqException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Whether it stays so until an operator changes something.</summary>
    public bool IsRefusal { get; init; }

    /// <summary>Whether the client throws this when a connection is lost, in one of its many ways.</summary>
    public static bool IsLoss(Exception exception) =>
        exception is RabbitMQClientException or IOException or SocketException or ObjectDisposedException or TimeoutException;
}
