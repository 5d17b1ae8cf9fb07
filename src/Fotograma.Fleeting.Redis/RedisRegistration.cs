using Fotograma.Fleeting.Signals;
using Fotograma.Fleeting.Store;
using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Fleeting.Redis;

/// <summary>Lets a process use Redis for what may be lost. Call before anything else registers what is fleeting.</summary>
public static class RedisRegistration
{
    /// <summary>Keeps marks and counters in Redis.</summary>
    public static void AddRedisStore(this IHostApplicationBuilder builder)
    {
        AddConnection(builder);
        builder.Services.AddSingleton<IFleetingStore, RedisStore>();
    }

    /// <summary>Lets Redis carry signals.</summary>
    public static void AddRedisSignals(this IHostApplicationBuilder builder)
    {
        AddConnection(builder);
        builder.Services.AddSingleton<ISignalDriver, RedisSignals>();
    }

    private static void AddConnection(IHostApplicationBuilder builder)
    {
        builder.AddChecked<RedisOptions>(RedisOptions.Section);
        if (builder.Services.All(service => service.ServiceType != typeof(RedisConnection))) builder.Services.AddSingleton<RedisConnection>();
    }
}
