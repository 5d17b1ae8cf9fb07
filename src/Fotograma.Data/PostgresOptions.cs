using System.Text.RegularExpressions;
using Fotograma.Kernel.Hosting;
using Npgsql;

namespace Fotograma.Data;

/// <summary>
/// How PostgreSQL is reached. Connection strings hold passwords: nothing here is ever printed, and what is wrong with one is said without quoting it.
/// </summary>
public sealed partial class PostgresOptions : ICheckedOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Postgres";

    // PostgreSQL cuts longer names off, and the module's name follows.
    private const int PrefixCharactersMax = 40;

    // What is said twice is said often.
    private const int UsesBeforePrepared = 2;

    /// <summary>The server and the user: <c>Host=db;Username=fotograma;Password=…</c>, without a database.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>A module's database is named after this and the module, for example <c>fotograma_auth</c>.</summary>
    public string DatabasePrefix { get; set; } = "fotograma_";

    /// <summary>Whole connection strings, with a database, for the modules that are named here.</summary>
    public Dictionary<string, string> Databases { get; init; } = [];

    /// <summary>Whether a database that is missing is made.</summary>
    public bool CreateDatabases { get; set; } = true;

    /// <summary>Whether a start brings the schema up to date. False leaves that to <c>fotograma migrate</c>, and a start with an outdated schema is refused.</summary>
    public bool MigrateAtStart { get; set; } = true;

    /// <summary>How long a start waits for the migration of another process, in seconds (1 to 86400).</summary>
    public int MigrationWaitSecondsMax { get; set; } = 600;

    /// <summary>How long one statement may take, in seconds (1 to 3600). Migrations may take as long as they need.</summary>
    public int CommandTimeoutSeconds { get; set; } = 30;

    /// <summary>How long making a connection, or waiting for a free one, may take, in seconds (1 to 300).</summary>
    public int ConnectTimeoutSeconds { get; set; } = 15;

    /// <summary>Connections of one process to one module's database at the same time (2 to 1000).</summary>
    public int PoolConnectionsMax { get; set; } = 20;

    /// <summary>
    /// Statements that one connection keeps prepared, of those it says again and again (0 to 1000). 0 where a pooler gives every transaction another connection and knows
    /// nothing of prepared statements.
    /// </summary>
    public int PreparedStatementsMax { get; set; } = 100;

    /// <summary>How often a connection that only listens is tried, in seconds (1 to 3600): the longest time in which nobody notices that it is dead.</summary>
    public int ListenKeepAliveSeconds { get; set; } = 15;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (ConnectionString.Length > 0)
        {
            if (Parse(ConnectionString) is not { } server) yield return "ConnectionString cannot be read. It looks like Host=db;Username=fotograma;Password=secret.";
            else if (string.IsNullOrEmpty(server.Host)) yield return "ConnectionString must name a Host.";
            else if (server.Database is not null) yield return "ConnectionString must not name a Database: each module has its own, named after DatabasePrefix, or by Databases.";
        }
        if (DatabasePrefix.Length > PrefixCharactersMax || !Prefix().IsMatch(DatabasePrefix))
            yield return $"DatabasePrefix must begin with a small letter, hold small letters, digits and underscores, and be at most {PrefixCharactersMax} characters long.";
        foreach (var (module, text) in Databases)
        {
            if (Parse(text) is not { Host.Length: > 0, Database.Length: > 0 })
                yield return $"Databases:{module} must be a connection string with a Host and a Database.";
        }
        if (Databases.Values.Select(Parse).OfType<NpgsqlConnectionStringBuilder>().GroupBy(named => (named.Host, named.Port, named.Database)).Any(same => same.Count() > 1))
            yield return "Databases must not give two modules one database: each has its own schema and its own history of migrations.";
        if (MigrationWaitSecondsMax is < 1 or > 86400) yield return "MigrationWaitSecondsMax must lie between 1 and 86400.";
        if (CommandTimeoutSeconds is < 1 or > 3600) yield return "CommandTimeoutSeconds must lie between 1 and 3600.";
        if (ConnectTimeoutSeconds is < 1 or > 300) yield return "ConnectTimeoutSeconds must lie between 1 and 300.";
        if (PoolConnectionsMax is < 2 or > 1000) yield return "PoolConnectionsMax must lie between 2 and 1000.";
        if (PreparedStatementsMax is < 0 or > 1000) yield return "PreparedStatementsMax must lie between 0 and 1000.";
        if (ListenKeepAliveSeconds is < 1 or > 3600) yield return "ListenKeepAliveSeconds must lie between 1 and 3600.";
    }

    /// <summary>Whether anything says where the module's database is.</summary>
    public bool Knows(string module) => ConnectionString.Length > 0 || Databases.ContainsKey(module);

    /// <summary>The whole connection string of a module's database.</summary>
    public string ConnectionStringOf(string module) => Build(module).ConnectionString;

    /// <summary>The connection string for one connection that listens for notifications: not from the pool, and tried again and again while it is silent.</summary>
    public string ListeningConnectionStringOf(string module)
    {
        var connection = Build(module);
        connection.Pooling = false;
        connection.KeepAlive = ListenKeepAliveSeconds;
        return connection.ConnectionString;
    }

    private NpgsqlConnectionStringBuilder Build(string module)
    {
        var own = Databases.GetValueOrDefault(module);
        var connection = new NpgsqlConnectionStringBuilder(own ?? ConnectionString)
        {
            CommandTimeout = CommandTimeoutSeconds,
            Timeout = ConnectTimeoutSeconds,
            MaxPoolSize = PoolConnectionsMax,
            MaxAutoPrepare = PreparedStatementsMax,
            AutoPrepareMinUsages = UsesBeforePrepared,
            // Nothing is ever set for longer than a transaction, so there is nothing to reset, which would be seven statements each time.
            NoResetOnClose = true,
            // The server's words about a broken rule would quote the row, and rows hold what people typed.
            IncludeErrorDetail = false,
        };
        if (own is null) connection.Database = DatabasePrefix + module;
        connection.ApplicationName ??= $"fotograma {module}";
        // Short statements over small tables whose cost the planner overrates before it knows them: compiling one takes a hundred times as long as running it.
        if (connection.Options?.Contains("jit", StringComparison.Ordinal) != true) connection.Options = $"{connection.Options} -c jit=off".Trim();
        return connection;
    }

    // The exception would quote what it cannot read.
    private static NpgsqlConnectionStringBuilder? Parse(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();
}
