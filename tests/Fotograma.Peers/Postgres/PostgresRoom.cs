using Npgsql;

namespace Fotograma.Peers.Postgres;

/// <summary>Databases whose names begin with the room's own prefix; they go when the room goes.</summary>
public sealed class PostgresRoom(PostgresPeer server, string prefix) : IAsyncDisposable
{
    /// <summary>The server that the room is on.</summary>
    public PostgresPeer Server => server;

    /// <summary>What the names of the room's databases begin with.</summary>
    public string Prefix => prefix;

    /// <summary>How to reach the server, without a database.</summary>
    public string ConnectionString => server.ConnectionString;

    /// <summary>The configuration that makes a process keep its databases here.</summary>
    public IReadOnlyList<(string Key, string Value)> Settings =>
        [("Database:Provider", "postgres"), ("Postgres:ConnectionString", ConnectionString), ("Postgres:DatabasePrefix", prefix)];

    /// <summary>The connection string of one of the room's databases, made or not.</summary>
    public string ConnectionStringOf(string name) => new NpgsqlConnectionStringBuilder(ConnectionString) { Database = prefix + name }.ConnectionString;

    /// <summary>Makes a database and gives its connection string.</summary>
    public async Task<string> CreateAsync(string name)
    {
        await server.ExecuteAsync($"CREATE DATABASE {prefix}{name} TEMPLATE template0");
        return ConnectionStringOf(name);
    }

    /// <summary>Removes the databases, also from under those who are connected to them.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var name in await server.AskAsync($"SELECT datname FROM pg_database WHERE datname LIKE '{prefix.Replace("_", "\\_", StringComparison.Ordinal)}%'"))
            await server.ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }
}
