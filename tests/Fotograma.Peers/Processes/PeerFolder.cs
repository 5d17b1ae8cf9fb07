using System.Globalization;

namespace Fotograma.Peers.Processes;

/// <summary>
/// A server's own folder below the temporary folder. It goes when it is disposed of or when this process ends in order; what a killed process left behind goes when
/// the next one asks for a folder.
/// </summary>
public sealed class PeerFolder : IDisposable
{
    private const string Prefix = "fotograma-peer-";
    private static int count;

    /// <summary>Makes a folder; its name shows whose it is.</summary>
    public PeerFolder(string server)
    {
        RemoveLeftovers();
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"{Prefix}{Environment.ProcessId}-{server}-{Interlocked.Increment(ref count)}");
        Directory.CreateDirectory(Path);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    /// <summary>Its path.</summary>
    public string Path { get; }

    /// <summary>The path of something inside.</summary>
    public string PathOf(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Removes it.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        Remove(Path);
    }

    private void OnExit(object? sender, EventArgs arguments) => Remove(Path);

    private static void RemoveLeftovers()
    {
        foreach (var folder in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            var owner = System.IO.Path.GetFileName(folder)[Prefix.Length..].Split('-')[0];
            if (int.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && !Directory.Exists($"/proc/{id}")) Remove(folder);
        }
    }

    // A server that is ending may still write; what cannot be removed now is a leftover for the next one.
    private static void Remove(string folder)
    {
        try
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // See above.
        }
    }
}
