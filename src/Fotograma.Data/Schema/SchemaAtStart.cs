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
        if (rule.Refusal(schema.Module, state) is { } refusal) throw new SchemaException(refusal);
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

    /// <summary>What a start does about a schema.</summary>
    /// <param name="Migrate">Whether it brings the schema up to date.</param>
    /// <param name="Create">Whether it makes a database that is missing.</param>
    internal sealed record Rule(bool Migrate, bool Create)
    {
        public static Rule Migrates { get; } = new(Migrate: true, Create: true);

        public static Rule Of(PostgresOptions options) => new(options.MigrateAtStart, options.CreateDatabases);

        /// <summary>Why a start cannot work on the database as it is, and what to do about it; null when it can.</summary>
        public string? Refusal(string module, SchemaState state) => this switch
        {
            { Create: false } when !state.Exists => $"There is no database for {module}, and Postgres:CreateDatabases is off. Make it, owned by the user that Fotograma connects as.",
            { Migrate: false } when !state.Exists => $"There is no database for {module} yet. Run 'fotograma migrate' first.",
            { Migrate: false } when state.Pending.Count > 0 => $"The database of {module} lacks {string.Join(", ", state.Pending)}. Run 'fotograma migrate' first.",
            _ => null,
        };
    }
}
