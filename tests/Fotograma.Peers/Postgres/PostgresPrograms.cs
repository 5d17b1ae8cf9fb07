using System.Diagnostics;

namespace Fotograma.Peers.Postgres;

/// <summary>The programs of an installed PostgreSQL. They refuse to run as root: then they run as the user postgres.</summary>
internal sealed class PostgresPrograms
{
    private const string Installations = "/usr/lib/postgresql";
    private const string ServerUser = "postgres";
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);
    private readonly string folder;

    private PostgresPrograms(string folder) => this.folder = folder;

    public static PostgresPrograms Find()
    {
        var found = Directory.Exists(Installations)
            ? Directory.GetDirectories(Installations).Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        return new PostgresPrograms(found ?? throw new InvalidOperationException("PostgreSQL is not installed here. Run './dev deps test'."));
    }

    /// <summary>Gives a folder to the user that the server runs as.</summary>
    public static async Task OwnAsync(string path)
    {
        if (Environment.IsPrivilegedProcess) await RunAsync(new ProcessStartInfo("chown", [ServerUser, path]));
    }

    public Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(folder, program);
        return RunAsync(Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("runuser", ["-u", ServerUser, "--", path, .. arguments])
            : new ProcessStartInfo(path, arguments));
    }

    // The server inherits what its starter had open: nothing of ours, or we would wait for it for ever.
    private static async Task RunAsync(ProcessStartInfo start)
    {
        var said = Path.GetTempFileName();
        try
        {
            var shell = new ProcessStartInfo("sh", ["-c", "said=$1; shift; exec \"$@\" </dev/null >\"$said\" 2>&1", "sh", said, start.FileName, .. start.ArgumentList]) { WorkingDirectory = "/" };
            using var process = Process.Start(shell)!;
            using var bound = new CancellationTokenSource(Bound);
            await process.WaitForExitAsync(bound.Token);
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{string.Join(' ', start.ArgumentList.Prepend(start.FileName))} ended with {process.ExitCode}: {await File.ReadAllTextAsync(said)}");
        }
        finally
        {
            File.Delete(said);
        }
    }
}
