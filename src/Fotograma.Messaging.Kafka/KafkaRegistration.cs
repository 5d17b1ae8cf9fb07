using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Messaging.Kafka;

/// <summary>Registers Kafka as the way by which events travel.</summary>
public static class KafkaRegistration
{
    /// <summary>Registers the transport with the settings of the section <c>Kafka</c>. Call it before any module is added.</summary>
    public static void AddKafkaTransport(this IHostApplicationBuilder builder)
    {
        var options = builder.AddChecked<KafkaOptions>(KafkaOptions.Section);
        builder.BoundPublication($"{KafkaOptions.Section}:PublishTimeoutSeconds", options.PublishTimeoutSeconds);
        builder.Services.AddSingleton<ITransport, KafkaTransport>();
    }
}
