using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fotograma.Data.Schema;

/// <summary>
/// Several processes of several versions share a database on PostgreSQL and may start at the same moment. Whoever migrates holds an advisory lock on a connection of
/// its own, which the server lets go when the process dies; the others wait for it and then find nothing left to do.
/// </summary>
internal sealed class PostgresSchema<TDb>(IDbContextFactory<TDb> databases, PostgresOptions options, string module) : ModuleSchema(module) where TDb : DbContext
{
    // Any number that nobody else uses in these databases: "FOTOGRAM" in ASCII.
    private const long MigrationLock = 0x464F544F4752414D;

    // One of these is on every server.
    private static readonly string[] MaintenanceDatabases = ["postgres", "template1"];

    public override async Task<SchemaState> ReadAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var known = db.Database.GetMigrations().ToList();
        if (!await ExistsAsync(cancellation)) return Compare(exists: false, known, []);
        var state = Compare(exists: true, known, [.. await db.Database.GetAppliedMigrationsAsync(cancellation)]);
        RefuseBreaking(state);
        return state;
    }

    public override async Task<SchemaChange> MigrateAsync(CancellationToken cancellation)
    {
        var before = await ReadAsync(cancellation);
        if (before is { Exists: true, Pending: [] }) return new SchemaChange(Created: false, [], before.Newer);
        var created = !before.Exists && await CreateAsync(cancellation);
        await using var held = await HoldAsync(cancellation);
        // Another process may have been faster.
        var state = await ReadAsync(cancellation);
        if (state.Pending.Count > 0)
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            db.Database.SetCommandTimeout(0);
            await db.Database.MigrateAsync(cancellation);
        }
        return new SchemaChange(created, state.Pending, state.Newer);
    }

    private NpgsqlConnectionStringBuilder Unpooled() => new(options.ConnectionStringOf(Module)) { Pooling = false };

    private async Task<bool> ExistsAsync(CancellationToken cancellation)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Unpooled().ConnectionString);
            await connection.OpenAsync(cancellation);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            return false;
        }
    }

    /// <returns>False when another process was faster.</returns>
    private async Task<bool> CreateAsync(CancellationToken cancellation)
    {
        var name = Unpooled().Database!;
        if (!options.CreateDatabases) throw new SchemaException($"There is no database {name}, and Postgres:CreateDatabases is off. Make it, owned by the user that Fotograma connects as.");
        try
        {
            await using var server = await OpenServerAsync(cancellation);
            await using var create = server.CreateCommand();
            // From the pristine template, because the other one may be changed or in use; what people type is of all scripts.
#pragma warning disable CA2100 // The name is quoted.
            create.CommandText = $"CREATE DATABASE {new NpgsqlCommandBuilder().QuoteIdentifier(name)} TEMPLATE template0 ENCODING 'UTF8'";
#pragma warning restore CA2100
            create.CommandTimeout = 0;
            await create.ExecuteNonQueryAsync(cancellation);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new SchemaException($"There is no database {name}, and the user that Fotograma connects as may not make one. Make it, owned by that user, or grant CREATEDB.", exception);
        }
    }

    private async Task<NpgsqlConnection> OpenServerAsync(CancellationToken cancellation)
    {
        foreach (var database in MaintenanceDatabases)
        {
            var address = Unpooled();
            address.Database = database;
            var connection = new NpgsqlConnection(address.ConnectionString);
            try
            {
                await connection.OpenAsync(cancellation);
                return connection;
            }
            catch (PostgresException exception) when (database != MaintenanceDatabases[^1] && exception.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InsufficientPrivilege)
            {
                await connection.DisposeAsync();
            }
        }
        throw new InvalidOperationException("There is always a last database to try.");
    }

    // In a transaction, so that the lock is also right behind a pooler that deals out transactions; closing the connection ends both.
    private async Task<NpgsqlConnection> HoldAsync(CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(Unpooled().ConnectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            await using var command = connection.CreateCommand();
            command.CommandTimeout = 0;
            command.CommandText =
                $"BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = '{options.MigrationWaitSecondsMax}s'; SELECT pg_advisory_xact_lock({MigrationLock})";
            await command.ExecuteNonQueryAsync(cancellation);
            return connection;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await connection.DisposeAsync();
            throw new SchemaException($"Another process has been migrating the database of {Module} for {options.MigrationWaitSecondsMax} seconds. Start again when it is done, or raise Postgres:MigrationWaitSecondsMax.", exception);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
