using Fotograma.Data;
using Npgsql;

namespace Fotograma.Fleeting.Signals;

/// <summary>
/// Signals by LISTEN and NOTIFY in the database of videos and jobs, which everybody who gives or hears signals is connected to anyway. The listening connection is its
/// own, not of the pool; while nothing comes it is tried from time to time, so that a dead one is noticed.
/// </summary>
internal sealed class PostgresSignals : ISignalDriver, IAsyncDisposable
{
    private const string Module = "video";
    private const string Channel = "fotograma_signals";
    private const int ConnectionsMax = 2;
    private readonly PostgresOptions options;
    private readonly NpgsqlDataSource publishing;

    public PostgresSignals(PostgresOptions options)
    {
        this.options = options;
        publishing = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.ConnectionStringOf(Module)) { MaxPoolSize = ConnectionsMax });
    }

    public string Name => "postgres";

    public async Task PublishAsync(string text, CancellationToken cancellation)
    {
        await using var notify = publishing.CreateCommand("SELECT pg_notify($1, $2)");
        notify.Parameters.Add(new NpgsqlParameter { Value = Channel });
        notify.Parameters.Add(new NpgsqlParameter { Value = text });
        await notify.ExecuteNonQueryAsync(cancellation);
    }

    public async Task ListenAsync(Action<string> heard, Action listening, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(options.ListeningConnectionStringOf(Module));
        await connection.OpenAsync(cancellation);
        connection.Notification += (_, notification) => heard(notification.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection)) await listen.ExecuteNonQueryAsync(cancellation);
        listening();
        while (true) await connection.WaitAsync(cancellation);
    }

    public ValueTask DisposeAsync() => publishing.DisposeAsync();
}
