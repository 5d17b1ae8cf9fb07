using System.Diagnostics.Metrics;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Consumers;
using Fotograma.Messaging.Embedded;
using Fotograma.Messaging.Live;
using Fotograma.Messaging.Outbox;
using Fotograma.Messaging.Repeating;
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

    // A batch, one event more at the end of the time for single ones, and the rest for noting down what was published.
    private const int PublicationsInATurn = 3;

    /// <summary>Registers the live feed and, unless there is one already, the embedded transport, once for the process. Called by the functions below; harmless when repeated.</summary>
    public static void AddMessaging(this IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(QueuePreparation))) return;
        var options = builder.AddChecked<MessagingOptions>(MessagingOptions.Section);
        builder.Services.TryAddSingleton<LiveFeed>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<Ids>();
        builder.Services.AddSingleton<QueuePreparation>();
        builder.Services.AddSingleton(services => new Repetition(services.GetRequiredService<ITransport>(), services.GetRequiredService<QueuePreparation>(), options));
        builder.Services.AddSingleton(services => new Redriving(services.GetRequiredService<ITransport>(), services.GetRequiredService<QueuePreparation>()));
        builder.Services.AddSingleton<EventCounts>();
        AddTransport(builder, options);
        builder.Services.AddMetrics();
        builder.AddLink(
            TransportWatch.LinkName, "The transport of events", "push", "polling: workers find jobs by looking at the ledger, and events wait in the outbox");
        if (options.Transport != MessagingOptions.Embedded) builder.Services.AddConnectionTrial(TransportWatch.LinkName, TryAsync);
        builder.Services.AddHostedService(services => new TransportWatch(
            services.GetRequiredService<ITransport>(), services.GetRequiredService<QueuePreparation>(), services.GetRequiredKeyedService<Link>(TransportWatch.LinkName), services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<IMeterFactory>()));
    }

    private static async Task<string> TryAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var transport = services.GetRequiredService<ITransport>();
        await transport.PingAsync(cancellation);
        var look = await services.GetRequiredService<QueuePreparation>().LookAsync(cancellation);
        if (look.Missing.Count == 0) return transport.Capabilities.Name;
        var missing = string.Join(", ", look.Missing);
        return look.MadeWhenPrepared
            ? $"{transport.Capabilities.Name}; to be made at the start: {missing}"
            : throw new InvalidOperationException($"The transport lacks {missing}, and the settings forbid to make any.");
    }

    /// <summary>Lets <c>Messaging:Transport</c> name one more transport. Called before the modules are added.</summary>
    public static void OfferTransport(this IHostApplicationBuilder builder, TransportOffer offer) => builder.Services.AddSingleton(offer);

    /// <summary>
    /// Says how long a transport may take over one publication, and finds fault with the settings where a relay's turn would be over too early: it publishes a batch, then perhaps
    /// one event after the other, and what it has not heard of by then is published again and again.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="setting">The transport's setting, with its section.</param>
    /// <param name="seconds">Its value.</param>
    public static void BoundPublication(this IHostApplicationBuilder builder, string setting, int seconds)
    {
        var turn = builder.AddChecked<MessagingOptions>(MessagingOptions.Section).RelayTurnSeconds;
        if (turn >= PublicationsInATurn * seconds) return;
        builder.Services.AddConfigurationFault(
            $"{MessagingOptions.Section}: RelayTurnSeconds must be at least {PublicationsInATurn * seconds}, three times {setting}, or events would be published that nobody notes down as published.");
    }

    /// <summary>Gives a module's database an outbox and a relay.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="module">The module's name; events carry <c>/fotograma/MODULE</c> as their source.</param>
    public static void AddOutbox<TDb>(this IHostApplicationBuilder builder, string module) where TDb : DbContext
    {
        builder.Services.AddSingleton(new OutboxSource<TDb>(SourceOf(module)));
        builder.Services.AddSingleton<Outbox<TDb>>();
        builder.Services.AddSingleton<EfOutboxStore<TDb>>();
        AddRelay(builder, services => services.GetRequiredService<Outbox<TDb>>().Events, services => services.GetRequiredService<EfOutboxStore<TDb>>());
    }

    /// <summary>Gives a module whose store is no database of EF Core an outbox, registered as <see cref="EventOutbox"/> under the module's name, and a relay.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="module">The module's name; events carry <c>/fotograma/MODULE</c> as their source.</param>
    /// <param name="store">Where the events wait.</param>
    public static void AddOutbox(this IHostApplicationBuilder builder, string module, Func<IServiceProvider, IOutboxStore> store)
    {
        builder.Services.AddKeyedSingleton(module, (services, _) =>
            new EventOutbox(services.GetRequiredService<Ids>(), services.GetRequiredService<TimeProvider>(), SourceOf(module)));
        AddRelay(builder, services => services.GetRequiredKeyedService<EventOutbox>(module), store);
    }

    private static void AddRelay(IHostApplicationBuilder builder, Func<IServiceProvider, EventOutbox> outbox, Func<IServiceProvider, IOutboxStore> store)
    {
        builder.AddMessaging();
        builder.Services.AddSingleton(services => new RelayedOutbox(outbox(services).Source, store(services)));
        builder.Services.AddSingleton<IHostedService>(services =>
        {
            var events = outbox(services);
            var relay = new OutboxRelay(
                store(services), services.GetRequiredService<ITransport>(), services.GetRequiredService<QueuePreparation>(), events,
                services.GetRequiredService<MessagingOptions>(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<OutboxRelay>>());
            OutboxGauges.Add(services.GetRequiredService<IMeterFactory>(), relay, events.Source, services.GetRequiredService<TimeProvider>());
            return relay;
        });
    }

    private static string SourceOf(string module) => $"/fotograma/{module}";

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
            services.GetRequiredService<MessagingOptions>(), services, services.GetRequiredService<EventCounts>(), services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<ConsumerLoop>>()));
    }

    // One that is registered already was chosen by whoever hosts the modules.
    private static void AddTransport(IHostApplicationBuilder builder, MessagingOptions options)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(ITransport))) return;
        var offers = builder.Services.Select(service => service.ImplementationInstance).OfType<TransportOffer>().ToList();
        if (options.Transport == MessagingOptions.Embedded) builder.AddEmbeddedTransport();
        else if (offers.Find(offer => offer.Name == options.Transport) is { } chosen) chosen.Register(builder);
        else
        {
            var names = string.Join(", ", offers.Select(offer => offer.Name).Prepend(MessagingOptions.Embedded));
            builder.Services.AddConfigurationFault($"{MessagingOptions.Section}: Transport must be one of {names}.");
        }
    }
}
