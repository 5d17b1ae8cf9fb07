using System.Diagnostics.Metrics;
using Fotograma.Data;
using Fotograma.Data.DynamoDb;
using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.DynamoDb;
using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;
using Fotograma.Jobs.Ledger.Sql;
using Fotograma.Jobs.Trash;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging;
using Fotograma.Messaging.Outbox;
using Fotograma.Messaging.Repeating;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Jobs;

/// <summary>Registers the ledger of videos and jobs.</summary>
public static class JobsRegistration
{
    private const string Module = "video";

    /// <summary>Registers the ledger once for the process; harmless when repeated.</summary>
    public static void AddJobs(this IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(JobLeases))) return;
        var options = builder.AddChecked<JobOptions>(JobOptions.Section);
        if (options.Store == LedgerStore.DynamoDb) AddDynamoLedger(builder);
        else AddDatabaseLedger(builder);
        var services = builder.Services;
        services.AddMetrics();
        services.TryAddSingleton<Random>();
        services.AddSingleton<JobSignals>();
        services.AddSingleton<RetryDelays>();
        services.AddSingleton(s => new VideoCatalogue(
            Store(s), Outbox(s), s.GetRequiredService<JobSignals>(), s.GetRequiredService<JobOptions>(), s.GetRequiredService<Ids>(),
            s.GetRequiredService<TimeProvider>(), OutagesOf(s)));
        services.AddSingleton(s => new JobLeases(
            Store(s), Outbox(s), s.GetRequiredService<JobSignals>(), s.GetRequiredService<JobOptions>(), s.GetRequiredService<RetryDelays>(),
            s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new JobRescue(
            Store(s), Outbox(s), s.GetRequiredService<JobSignals>(), s.GetRequiredService<JobOptions>(), s.GetRequiredService<RetryDelays>(),
            s.GetRequiredService<IMeterFactory>()));
        services.AddHostedService<RescueLoop>();
        services.AddSingleton(s => new JobNews(Store(s), Outbox(s), s.GetRequiredService<Repetition>(), s.GetRequiredService<ILogger<JobNews>>()));
        services.AddSingleton(s => new BlobTrash(Store(s), s.GetRequiredService<Ids>()));
    }

    private static void AddDatabaseLedger(IHostApplicationBuilder builder)
    {
        builder.AddDatabase<LedgerDb>(Module);
        builder.AddOutbox<LedgerDb>(Module);
        builder.Services.TryAddSingleton(PostgresTime.Clock);
        builder.Services.TryAddSingleton<DatabaseClock>();
        if (builder.AddChecked<DatabaseOptions>(DatabaseOptions.Section).Provider == DatabaseProvider.Postgres) builder.Services.AddSingleton<ILedgerStore, PostgresLedger>();
        else builder.Services.AddSingleton<ILedgerStore, SqliteLedger>();
    }

    private static void AddDynamoLedger(IHostApplicationBuilder builder)
    {
        builder.AddDynamoDb(LedgerTables.All);
        builder.AddOutbox(Module, services => services.GetRequiredService<DynamoOutbox>());
        var services = builder.Services;
        services.AddSingleton(s => new DynamoOutbox(s.GetRequiredService<DynamoStore>(), Module));
        services.AddSingleton<LeaseWatch<Hold>>();
        services.AddSingleton<TurnBook>();
        services.AddSingleton<ILedgerStore, DynamoLedger>();
    }

    private static ILedgerStore Store(IServiceProvider services) => services.GetRequiredService<ILedgerStore>();

    private static Func<Exception, bool> OutagesOf(IServiceProvider services)
    {
        ErrorMeaning[] meanings = [.. services.GetServices<ErrorMeaning>()];
        return failure => meanings.Any(meaning => meaning.Of(failure) is { Status: 503 });
    }

    private static EventOutbox Outbox(IServiceProvider services) =>
        services.GetKeyedService<EventOutbox>(Module) ?? services.GetRequiredService<Outbox<LedgerDb>>().Events;
}
