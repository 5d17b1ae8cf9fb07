using Fotograma.Kernel.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Data;

/// <summary>Gives a module its own database. Embedded: one SQLite file <c>NAME.db</c> in the data folder.</summary>
public static class DatabaseRegistration
{
    /// <summary>
    /// Registers an <see cref="IDbContextFactory{TContext}"/> for <typeparamref name="TDb"/> and brings the database's schema up to date before any
    /// background work starts.
    /// </summary>
    public static void AddDatabase<TDb>(this IHostApplicationBuilder builder, string name) where TDb : DbContext
    {
        var data = builder.AddChecked<DataOptions>(DataOptions.Section);
        var options = builder.AddChecked<SqliteOptions>(SqliteOptions.Section);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddPooledDbContextFactory<TDb>(db => Configure(db, data.PathOf($"{name}.db"), options));
        builder.Services.AddHostedService<SchemaMigration<TDb>>();
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealth<TDb>>($"database.{name}");
    }

    /// <summary>Configures a context for the SQLite file at <paramref name="path"/>; also used by design-time tools and tests.</summary>
    public static void Configure(DbContextOptionsBuilder db, string path, SqliteOptions options)
    {
        var connection = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            ForeignKeys = true,
            DefaultTimeout = options.BusyTimeoutSeconds,
            Pooling = true,
        };
        db.UseSqlite(connection.ConnectionString).AddInterceptors(new SqliteSession(options));
    }
}
