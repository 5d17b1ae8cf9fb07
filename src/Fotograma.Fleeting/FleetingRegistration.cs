using Fotograma.Data;
using Fotograma.Fleeting.Signals;
using Fotograma.Fleeting.Store;
using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Identity;
using Fotograma.Messaging.Live;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Fleeting;

/// <summary>Gives a process its <see cref="FleetingMemory"/>, and a carrier for its signals where one is registered.</summary>
public static class FleetingRegistration
{
    private const string StoreLink = "fleeting";
    private const string SignalLink = "signals";

    /// <summary>
    /// Registers the memory; harmless when repeated. A store other than the process itself is registered before, as <see cref="IFleetingStore"/>.
    /// </summary>
    public static void AddFleeting(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        if (services.Any(service => service.ServiceType == typeof(FleetingMemory))) return;
        builder.AddChecked<FleetingOptions>(FleetingOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Ids>();
        services.TryAddSingleton<LiveFeed>();
        services.AddSingleton(provider => new ProcessStore(provider.GetRequiredService<TimeProvider>()));
        AddStore(builder);
        services.AddSingleton<RevokedTokens>(provider =>
        {
            var memory = provider.GetRequiredService<FleetingMemory>();
            return (tokenId, cancellation) => memory.IsMarkedAsync(TokenMarks.Of(tokenId), cancellation);
        });
    }

    /// <summary>Lets PostgreSQL carry signals, by the database of videos and jobs.</summary>
    public static void AddPostgresSignals(this IHostApplicationBuilder builder)
    {
        if (!builder.AddChecked<PostgresOptions>(PostgresOptions.Section).Knows("video"))
            builder.Services.AddConfigurationFault($"{FleetingOptions.Section}: Signals by Postgres need {PostgresOptions.Section}:ConnectionString, or {PostgresOptions.Section}:Databases:video.");
        builder.Services.AddSingleton<ISignalDriver, PostgresSignals>();
    }

    /// <summary>Carries this process's signals to others where a carrier is registered. For processes that have live pages or workers.</summary>
    public static void AddSignalBridge(this IHostApplicationBuilder builder)
    {
        if (builder.Services.All(service => service.ServiceType != typeof(ISignalDriver))) return;
        builder.Services.AddConnectionTrial(SignalLink, TrySignalsAsync);
        builder.AddLink(SignalLink, "The carrier of signals", "push", "polling: live pages and cancellations learn of other processes' changes by looking");
        builder.Services.AddHostedService(provider => new SignalBridge(
            provider.GetRequiredService<LiveFeed>(), provider.GetRequiredService<ISignalDriver>(), provider.GetRequiredKeyedService<Link>(SignalLink),
            provider.GetRequiredService<Ids>(), provider.GetRequiredService<TimeProvider>()));
    }

    private static async Task<string> TryAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var store = services.GetRequiredService<IFleetingStore>();
        await store.PingAsync(cancellation);
        return store.Name;
    }

    // Listeners pass over what is no signal of theirs.
    private static async Task<string> TrySignalsAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var driver = services.GetRequiredService<ISignalDriver>();
        var trial = $"trial {services.GetRequiredService<Ids>().New()}";
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var heard = driver.ListenAsync(text => { if (text == trial) arrived.TrySetResult(); }, () => listens.TrySetResult(), listening.Token);
        try
        {
            await await Task.WhenAny(listens.Task, heard).WaitAsync(cancellation);
            await driver.PublishAsync(trial, cancellation);
            await await Task.WhenAny(arrived.Task, heard).WaitAsync(cancellation);
            return $"{driver.Name}: sent and heard";
        }
        finally
        {
            await listening.CancelAsync();
            await heard.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static void AddStore(IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        var isShared = services.Any(service => service.ServiceType == typeof(IFleetingStore));
        builder.AddLink(
            StoreLink, "The shared memory", isShared ? "shared" : "in this process",
            "sign-in attempts are counted in each process alone, a signed-out token may be taken until it ends, and every process reads tables of frames for itself");
        if (isShared)
        {
            services.AddHostedService<FleetingWatch>();
            services.AddConnectionTrial(StoreLink, TryAsync);
        }
        services.AddSingleton(provider =>
        {
            var own = provider.GetRequiredService<ProcessStore>();
            return new FleetingMemory(
                provider.GetService<IFleetingStore>() ?? own, own, provider.GetRequiredKeyedService<Link>(StoreLink), provider.GetRequiredService<FleetingOptions>());
        });
    }
}
