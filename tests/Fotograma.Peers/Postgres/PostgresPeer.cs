using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Fotograma.Peers.Postgres;

/// <summary>
/// A PostgreSQL server of its own: a fresh cluster in a temporary folder, on a random port of the loopback. It can be stopped hard and started again on the same data.
/// Nothing of it is left behind, even when the test process is killed.
/// </summary>
public sealed class PostgresPeer : IAsyncDisposable
{
    private const string User = "app";
    private static readonly Lazy<Task<PostgresPeer>> Shared = new(() => StartAsync());
    private readonly string folder;
    private readonly PostgresPrograms programs;
    private readonly PostgresManner manner;
    private readonly OrphanWatch watch;
    private int rooms;

    private PostgresPeer(string folder, PostgresPrograms programs, PostgresManner manner)
    {
        (this.folder, this.programs, this.manner) = (folder, programs, manner);
        Port = FreePort();
        watch = new OrphanWatch(Data, folder);
    }

    /// <summary>The port on 127.0.0.1; it stays the same when the server is started again.</summary>
    public int Port { get; }

    /// <summary>How to reach the server, without a database. The user may do everything.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = Port, Username = User }.ConnectionString;

    /// <summary>What the server wrote into its log so far, refused statements among it.</summary>
    public string Log => File.ReadAllText(LogFile);

    private string LogFile => Path.Combine(folder, "server.log");

    private string Data => Path.Combine(folder, "data");

    /// <summary>The server that the tests of a process share; each makes a room of its own on it. Do not stop it.</summary>
    public static Task<PostgresPeer> SharedAsync() => Shared.Value;

    /// <summary>Starts a server that nobody else uses.</summary>
    public static async Task<PostgresPeer> StartAsync(PostgresManner? manner = null)
    {
        var programs = PostgresPrograms.Find();
        var folder = Directory.CreateTempSubdirectory("fotograma-postgres-").FullName;
        await PostgresPrograms.OwnAsync(folder);
        var peer = new PostgresPeer(folder, programs, manner ?? new PostgresManner());
        await programs.RunAsync("initdb", "-D", peer.Data, "-A", "trust", "-U", User, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8");
        await peer.StartAgainAsync();
        return peer;
    }

    /// <summary>A place for databases that no other test sees.</summary>
    public PostgresRoom MakeRoom() => new(this, $"room{Interlocked.Increment(ref rooms).ToString(CultureInfo.InvariantCulture)}_");

    /// <summary>Starts the server again; returns when it takes connections.</summary>
    public Task StartAgainAsync() => programs.RunAsync("pg_ctl", "start", "-w", "-s", "-D", Data, "-l", LogFile, "-o", manner.ArgumentsFor(Port, folder));

    /// <summary>Stops the server the way a crash does: connections are cut, nothing is finished, the next start recovers from the log.</summary>
    public Task StopImmediateAsync() => programs.RunAsync("pg_ctl", "stop", "-w", "-s", "-m", "immediate", "-D", Data);

    /// <summary>Crashes the server and starts it again.</summary>
    public async Task RestartAsync()
    {
        await StopImmediateAsync();
        await StartAgainAsync();
    }

    /// <summary>Runs a statement in the server's own database.</summary>
    public async Task ExecuteAsync(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection($"{ConnectionString};Database={database};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Tests write their statements.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of what a question is answered with.</summary>
    public async Task<List<object>> AskAsync(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection($"{ConnectionString};Database={database};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Tests write their statements.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        var answer = new List<object>();
        while (await reader.ReadAsync()) answer.Add(reader.GetValue(0));
        return answer;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => watch.DisposeAsync();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>How a server treats what it was given.</summary>
/// <param name="SynchronousCommit">Whether a commit waits until it is written, and so survives a crash of the server.</param>
/// <param name="Fsync">Whether it also waits for the disk. Tests crash servers, not machines; measurements want the truth.</param>
public sealed record PostgresManner(bool SynchronousCommit = true, bool Fsync = false)
{
    internal string ArgumentsFor(int port, string folder)
    {
        string[] settings =
        [
            $"-p {port}", "-c listen_addresses=127.0.0.1", $"-c unix_socket_directories={folder}", "-c max_connections=400", "-c shared_buffers=64MB",
            $"-c synchronous_commit={OnOff(SynchronousCommit)}", $"-c fsync={OnOff(Fsync)}", $"-c full_page_writes={OnOff(Fsync)}", "-c timezone=UTC",
        ];
        return string.Join(' ', settings);
    }

    private static string OnOff(bool value) => value ? "on" : "off";
}
