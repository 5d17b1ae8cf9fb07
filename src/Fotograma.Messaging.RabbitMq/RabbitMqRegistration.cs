using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.RabbitMq.Connecting;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Messaging.RabbitMq;

/// <summary>Registers RabbitMQ as the transport.</summary>
public static class RabbitMqRegistration
{
    /// <summary>Reads the section <c>RabbitMq</c> and registers the transport. Nothing is connected before it is used.</summary>
    public static void AddRabbitMqTransport(this IHostApplicationBuilder builder)
    {
        var options = builder.AddChecked<RabbitMqOptions>(RabbitMqOptions.Section);
        builder.BoundPublication($"{RabbitMqOptions.Section}:PublishTimeoutSeconds", options.PublishTimeoutSeconds);
        builder.Services.AddSingleton<BrokerConnections>();
        builder.Services.AddSingleton<ITransport, RabbitMqTransport>();
    }
}
