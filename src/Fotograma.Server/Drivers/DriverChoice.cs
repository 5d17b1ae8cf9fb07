using Fotograma.Blobs.S3;
using Fotograma.Fleeting;
using Fotograma.Fleeting.Redis;
using Fotograma.Jobs;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging;
using Fotograma.Messaging.Kafka;
using Fotograma.Messaging.RabbitMq;
using Fotograma.Messaging.Sqs;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Server.Drivers;

/// <summary>Brings along every driver there is; the configuration names those that are used. Modules know none of them.</summary>
internal static class DriverChoice
{
    /// <summary>Before the modules are added: they take what is chosen here.</summary>
    public static void Offer(IHostApplicationBuilder builder)
    {
        builder.AddS3Blobs();
        builder.OfferTransport(new TransportOffer("rabbitmq", host => host.AddRabbitMqTransport()));
        builder.OfferTransport(new TransportOffer("kafka", host => host.AddKafkaTransport()));
        builder.OfferTransport(new TransportOffer("sqs", host => host.AddSqsTransport()));
        var fleeting = builder.AddChecked<FleetingOptions>(FleetingOptions.Section);
        if (fleeting.Driver == FleetingDriver.Redis) builder.AddRedisStore();
        builder.AddFleeting();
    }

    /// <summary>After the modules were added: signals are carried where somebody gives or hears any.</summary>
    public static void CarrySignals(IHostApplicationBuilder builder)
    {
        if (builder.Services.All(service => service.ServiceType != typeof(JobSignals))) return;
        var carrier = builder.AddChecked<FleetingOptions>(FleetingOptions.Section).Carrier;
        if (carrier == SignalCarrier.Redis) builder.AddRedisSignals();
        else if (carrier == SignalCarrier.Postgres) builder.AddPostgresSignals();
        builder.AddSignalBridge();
    }
}
