using System.Diagnostics;

namespace Fotograma.Peers.Postgres;

/// <summary>
/// A shell that waits for the end of its input, which is the end of this process however it comes, then stops the server and removes its folder. (A signal at the
/// parent's death would come at the death of the thread that started the server, and the runtime ends threads as it likes.)
/// </summary>
internal sealed class OrphanWatch : IAsyncDisposable
{
    private const string Script = """
        trap '' INT TERM HUP
        cat >/dev/null
        if read -r server <"$1/postmaster.pid" 2>/dev/null; then
          kill -QUIT "$server" 2>/dev/null
          turns=0
          while kill -0 "$server" 2>/dev/null && [ "$turns" -lt 100 ]; do sleep 0.05; turns=$((turns + 1)); done
          kill -KILL "$server" 2>/dev/null
        fi
        rm -rf "$2"
        """;

    private readonly Process shell;

    public OrphanWatch(string data, string folder) =>
        shell = Process.Start(new ProcessStartInfo("sh", ["-c", Script, "sh", data, folder]) { RedirectStandardInput = true, WorkingDirectory = "/" })!;

    public async ValueTask DisposeAsync()
    {
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
    }
}
