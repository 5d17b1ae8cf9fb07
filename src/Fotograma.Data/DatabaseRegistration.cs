using Fotograma.Data.Schema;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Data;

/// <summary>
/// Gives a module its own database: an SQLite file <c>NAME.db</c> in the data folder, or a database on a PostgreSQL server, as <c>Database:Provider</c> says.
/// </summary>
public static class DatabaseRegistration
{
    /// <summary>
    /// Registers an <see cref="IDbContextFactory{TContext}"/> for <typeparamref name="TDb"/> and brings the database's schema up to date before any
    /// background work starts.
    /// </summary>
    public static void AddDatabase<TDb>(this IHostApplicationBuilder builder, string name) where TDb : DbContext
    {
        var provider = builder.AddChecked<DatabaseOptions>(DatabaseOptions.Section).Provider;
        builder.Services.TryAddSingleton(TimeProvider.System);
        if (provider == DatabaseProvider.Postgres) builder.AddPostgres<TDb>(name);
        else builder.AddSqlite<TDb>(name);
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealth<TDb>>($"database.{name}");
        builder.Services.AddSingleton(new ErrorMeaning(DatabaseOutage.MeaningOf));
        var start = provider == DatabaseProvider.Postgres ? SchemaAtStart.Rule.Of(builder.AddChecked<PostgresOptions>(PostgresOptions.Section)) : SchemaAtStart.Rule.Migrates;
        builder.Services.AddConnectionTrial($"database.{name}", (services, cancellation) =>
            TryAsync(services.GetServices<ModuleSchema>().Single(schema => schema.Module == name), start, cancellation));
    }

    /// <summary>Configures a context for the SQLite file at <paramref name="path"/>; also used by tests.</summary>
    public static void Configure(DbContextOptionsBuilder db, string path, SqliteOptions options)
    {
        var connection = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            ForeignKeys = true,
            DefaultTimeout = options.BusyTimeoutSeconds,
            Pooling = true,
        };
        WithMigrations(db.UseSqlite(connection.ConnectionString)).AddInterceptors(new SqliteSession(options));
    }

    /// <summary>Configures a context for a module's database on PostgreSQL; also used by tests.</summary>
    /// <remarks>
    /// Nothing is repeated behind the caller's back: repeating a statement is wrong inside a transaction, and whoever runs a transaction knows how to run it again.
    /// </remarks>
    public static void Configure(DbContextOptionsBuilder db, PostgresOptions options, string module) =>
        WithMigrations(db.UseNpgsql(options.ConnectionStringOf(module), npgsql => npgsql.ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies))))
            .AddInterceptors(new PostgresText());

    /// <summary>
    /// Configures a context for the tool that writes migrations: <c>dotnet ef migrations add NAME -- --provider postgres</c>. Without that, for SQLite.
    /// </summary>
    public static void ConfigureForTools(DbContextOptionsBuilder db, string[] arguments)
    {
        var provider = arguments is [.., "--provider", var name] ? Enum.Parse<DatabaseProvider>(name, ignoreCase: true) : DatabaseProvider.Sqlite;
        if (provider == DatabaseProvider.Postgres) Configure(db, new PostgresOptions { ConnectionString = "Host=localhost" }, "for_tools");
        else Configure(db, "for-tools.db", new SqliteOptions());
    }

    // Whether the migrations make what the model needs is asked by a test, once, and not by each start, where that would build every model twice and compare the two.
    private static DbContextOptionsBuilder WithMigrations(DbContextOptionsBuilder db) =>
        db.ReplaceService<IMigrationsAssembly, ProviderMigrations>().ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));

    private static async Task<string> TryAsync(ModuleSchema schema, SchemaAtStart.Rule start, CancellationToken cancellation)
    {
        var state = await schema.ReadAsync(cancellation);
        if (start.Refusal(schema.Module, state) is { } refusal) throw new SchemaException($"The start would be refused: {refusal}");
        if (!state.Exists) return "will be made";
        return state.Pending.Count == 0 ? "up to date" : $"to be migrated: {string.Join(", ", state.Pending)}";
    }

    private static void AddSqlite<TDb>(this IHostApplicationBuilder builder, string name) where TDb : DbContext
    {
        var data = builder.AddChecked<DataOptions>(DataOptions.Section);
        var options = builder.AddChecked<SqliteOptions>(SqliteOptions.Section);
        builder.Services.AddPooledDbContextFactory<TDb>(db => Configure(db, data.PathOf($"{name}.db"), options));
        builder.AddSchema(services => ActivatorUtilities.CreateInstance<SqliteSchema<TDb>>(services, name), SchemaAtStart.Rule.Migrates);
    }

    private static void AddPostgres<TDb>(this IHostApplicationBuilder builder, string name) where TDb : DbContext
    {
        var options = builder.AddChecked<PostgresOptions>(PostgresOptions.Section);
        if (!options.Knows(name)) builder.Services.AddConfigurationFault($"{PostgresOptions.Section}: ConnectionString must say where the server is, or Databases:{name} where this database is.");
        builder.Services.AddPooledDbContextFactory<TDb>(db => Configure(db, options, name));
        builder.AddSchema(services => ActivatorUtilities.CreateInstance<PostgresSchema<TDb>>(services, name), SchemaAtStart.Rule.Of(options));
    }

    private static void AddSchema<TSchema>(this IHostApplicationBuilder builder, Func<IServiceProvider, TSchema> make, SchemaAtStart.Rule atStart) where TSchema : ModuleSchema
    {
        builder.Services.AddSingleton(make);
        builder.Services.AddSingleton<ModuleSchema>(services => services.GetRequiredService<TSchema>());
        builder.Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<SchemaAtStart>(services, services.GetRequiredService<TSchema>(), atStart));
    }
}
