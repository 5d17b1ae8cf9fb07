using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Consumers;
using Fotograma.Messaging.Embedded;
using Fotograma.Messaging.Live;
using Fotograma.Messaging.Outbox;
using Fotograma.Messaging.Transport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging;

/// <summary>Registers how a module sends and receives events.</summary>
public static class MessagingRegistration
{
    private const int HandledAtOnce = 4;

    /// <summary>Registers the live feed and, unless there is one already, the embedded transport, once for the process. Called by the functions below; harmless when repeated.</summary>
    public static void AddMessaging(this IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(QueuePreparation))) return;
        builder.AddChecked<MessagingOptions>(MessagingOptions.Section);
        builder.Services.TryAddSingleton<LiveFeed>();
        builder.Services.AddSingleton<QueuePreparation>();
        if (builder.Services.All(service => service.ServiceType != typeof(ITransport))) builder.AddEmbeddedTransport();
    }

    /// <summary>Gives a module's database an outbox and a relay.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="module">The module's name; events carry <c>/fotograma/MODULE</c> as their source.</param>
    public static void AddOutbox<TDb>(this IHostApplicationBuilder builder, string module) where TDb : DbContext
    {
        builder.AddMessaging();
        builder.Services.AddSingleton(new OutboxSource<TDb>($"/fotograma/{module}"));
        builder.Services.AddSingleton<Outbox<TDb>>();
        builder.Services.AddHostedService<OutboxRelay<TDb>>();
    }

    /// <summary>Adds a consumer group.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="group">The group's name; it names the durable queue.</param>
    /// <param name="handlers">Names the handlers.</param>
    /// <param name="slots">How much the consumer can take on; four events at a time unless told.</param>
    public static void AddConsumer(this IHostApplicationBuilder builder, string group, Action<Consumer> handlers, Func<IServiceProvider, Slots>? slots = null)
    {
        builder.AddMessaging();
        var consumer = new Consumer(group);
        handlers(consumer);
        builder.Services.AddSingleton(consumer);
        builder.Services.AddSingleton<IHostedService>(services => new ConsumerLoop(
            consumer, slots?.Invoke(services) ?? new Slots(HandledAtOnce), services.GetRequiredService<ITransport>(), services.GetRequiredService<QueuePreparation>(),
            services.GetRequiredService<MessagingOptions>(), services, services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<ConsumerLoop>>()));
    }
}
