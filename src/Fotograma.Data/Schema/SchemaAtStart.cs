using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Data.Schema;

/// <summary>Before any hosted service starts, brings a schema up to date, or refuses to start on an outdated one where that is left to <c>fotograma migrate</c>.</summary>
internal sealed partial class SchemaAtStart(ModuleSchema schema, SchemaAtStart.Rule rule, ILogger<SchemaAtStart> log) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!rule.Migrate)
        {
            await RefuseOutdatedAsync(cancellationToken);
            return;
        }
        var change = await schema.MigrateAsync(cancellationToken);
        foreach (var migration in change.Applied) LogApplied(schema.Module, migration);
        foreach (var migration in change.Newer) LogNewer(schema.Module, migration);
    }

    private async Task RefuseOutdatedAsync(CancellationToken cancellation)
    {
        var state = await schema.ReadAsync(cancellation);
        if (!state.Exists) throw new SchemaException($"There is no database for {schema.Module} yet. Run 'fotograma migrate' first.");
        if (state.Pending.Count > 0)
            throw new SchemaException($"The database of {schema.Module} lacks {string.Join(", ", state.Pending)}. Run 'fotograma migrate' first.");
        foreach (var migration in state.Newer) LogNewer(schema.Module, migration);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "The database of {Database} was migrated: {Migration}.")]
    private partial void LogApplied(string database, string migration);

    [LoggerMessage(Level = LogLevel.Information, Message = "A newer version migrated the database of {Database}: {Migration}. It only added to it, so this version goes on.")]
    private partial void LogNewer(string database, string migration);

    /// <summary>Whether a start migrates.</summary>
    internal sealed record Rule(bool Migrate);
}
