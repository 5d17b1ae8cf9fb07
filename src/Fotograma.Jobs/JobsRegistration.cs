using Fotograma.Data;
using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;
using Fotograma.Jobs.Trash;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging;
using Fotograma.Messaging.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Jobs;

/// <summary>Registers the ledger of videos and jobs.</summary>
public static class JobsRegistration
{
    /// <summary>Registers the ledger once for the process; harmless when repeated.</summary>
    public static void AddJobs(this IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(JobLeases))) return;
        builder.AddChecked<JobOptions>(JobOptions.Section);
        builder.AddDatabase<LedgerDb>("video");
        builder.AddOutbox<LedgerDb>("video");
        var services = builder.Services;
        services.TryAddSingleton<Random>();
        services.AddSingleton<JobSignals>();
        services.AddSingleton<RetryDelays>();
        services.AddSingleton(s => new VideoCatalogue(
            Databases(s), s.GetRequiredService<Outbox<LedgerDb>>(), s.GetRequiredService<JobSignals>(), s.GetRequiredService<JobOptions>(),
            s.GetRequiredService<Ids>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new JobLeases(
            Databases(s), s.GetRequiredService<Outbox<LedgerDb>>(), s.GetRequiredService<JobSignals>(), s.GetRequiredService<JobOptions>(),
            s.GetRequiredService<RetryDelays>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new JobRescue(
            Databases(s), s.GetRequiredService<Outbox<LedgerDb>>(), s.GetRequiredService<JobSignals>(), s.GetRequiredService<JobOptions>(),
            s.GetRequiredService<RetryDelays>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new BlobTrash(Databases(s), s.GetRequiredService<TimeProvider>()));
    }

    private static IDbContextFactory<LedgerDb> Databases(IServiceProvider services) => services.GetRequiredService<IDbContextFactory<LedgerDb>>();
}
