using System.Collections.Concurrent;
using System.Diagnostics;
using Fotograma.Fleeting.Redis;
using Fotograma.Fleeting.Store;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Live;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Fleeting.Tests.Memory;

/// <summary>One process as far as fleeting things go: its memory, its signals, its health and its log.</summary>
internal sealed class Proc : IAsyncDisposable
{
    private static readonly TimeSpan ChangeMax = TimeSpan.FromSeconds(30);
    private readonly IHost host;
    private readonly Lines lines;

    private Proc(IHost host, Lines lines) => (this.host, this.lines) = (host, lines);

    public FleetingMemory Memory => host.Services.GetRequiredService<FleetingMemory>();

    public LiveFeed Feed => host.Services.GetRequiredService<LiveFeed>();

    public IReadOnlyCollection<string> Log => lines.Kept;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<Proc> StartAsync(string endpoint, string prefix)
    {
        var lines = new Lines();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([new("Redis:Endpoints", endpoint), new("Redis:Prefix", prefix), new("Fleeting:Driver", "redis"), new("Fleeting:TimeoutMilliseconds", "1500")]);
        builder.Logging.AddProvider(lines).SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
        builder.AddRedisStore();
        builder.AddRedisSignals();
        builder.AddFleeting();
        builder.AddSignalBridge();
        builder.Services.ConfigurationFaults().ShouldBeEmpty();
        var host = builder.Build();
        await host.StartAsync(Cancellation);
        return new Proc(host, lines);
    }

    public async Task<HealthStatus> HealthAsync(string name) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == name, Cancellation)).Status;

    /// <summary>Waits, with a bound, until store and carrier are both as told.</summary>
    public Task BecomesAsync(HealthStatus status) => UntilAsync(async () => await HealthAsync("fleeting") == status && await HealthAsync("signals") == status);

    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var since = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (!await holds())
        {
            if (since.Elapsed > ChangeMax) throw new TimeoutException("It did not happen in time.");
            await timer.WaitForNextTickAsync(Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync(CancellationToken.None);
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Kept { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Kept.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
