using Fotograma.Kernel.Hosting;
using Fotograma.Peers.Postgres;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Data.Tests;

/// <summary>A process that keeps its notes on PostgreSQL.</summary>
internal sealed class PostgresHost<TDb> : IAsyncDisposable where TDb : DbContext
{
    private readonly IHost host;

    public PostgresHost(PostgresRoom room, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        foreach (var (key, value) in room.Settings.Concat(settings)) builder.Configuration[key] = value;
        builder.AddDatabase<TDb>("notes");
        if (typeof(TDb) == typeof(NoteDb)) builder.Services.AddHostedService<FirstWriter>();
        builder.Services.ConfigurationFaults().ShouldBeEmpty();
        host = builder.Build();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<PostgresHost<TDb>> StartAsync(PostgresRoom room, params (string Key, string Value)[] settings)
    {
        var host = new PostgresHost<TDb>(room, settings);
        await host.StartAsync();
        return host;
    }

    public Task StartAsync() => host.StartAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);

    public T Service<T>() where T : notnull => host.Services.GetRequiredService<T>();

    public Task<TDb> OpenAsync() => Service<IDbContextFactory<TDb>>().CreateDbContextAsync(Cancellation);

    public async Task<HealthReportEntry> HealthAsync() => (await Service<HealthCheckService>().CheckHealthAsync(Cancellation)).Entries["database.notes"];

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync(Cancellation);
        host.Dispose();
    }
}
