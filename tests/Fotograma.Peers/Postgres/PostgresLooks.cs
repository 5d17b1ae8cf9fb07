using System.Globalization;
using Npgsql;

namespace Fotograma.Peers.Postgres;

/// <summary>Looks every ten milliseconds at what the sessions of a server do and what they wait for.</summary>
public static class PostgresLooks
{
    private const string Look =
        """
        SELECT coalesce(wait_event, 'on a processor') || ': ' || left(regexp_replace(query, '\s+', ' ', 'g'), 60) FROM pg_stat_activity
        WHERE state IN ('active', 'idle in transaction') AND pid <> pg_backend_pid() AND backend_type = 'client backend'
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <summary>Looks until some work is done.</summary>
    /// <returns>How many looks there were, and how many sessions a look found on average doing what, the most frequent first, one in a line.</returns>
    public static async Task<string> DuringAsync(PostgresPeer server, Task work)
    {
        var (looks, seen) = (0, new Dictionary<string, int>(StringComparer.Ordinal));
        await using var connection = new NpgsqlConnection($"{server.ConnectionString};Database=postgres;Pooling=false");
        await connection.OpenAsync();
        await using var look = new NpgsqlCommand(Look, connection);
        for (; !work.IsCompleted; looks++)
        {
            await using (var reader = await look.ExecuteReaderAsync())
                while (await reader.ReadAsync()) seen[reader.GetString(0)] = seen.GetValueOrDefault(reader.GetString(0)) + 1;
            await Task.Delay(Interval);
        }
        var lines = seen.OrderByDescending(one => one.Value).Select(one => string.Create(CultureInfo.InvariantCulture, $"{(double)one.Value / looks:0.00} {one.Key}"));
        return string.Join('\n', [$"{looks} looks", .. lines]);
    }
}
