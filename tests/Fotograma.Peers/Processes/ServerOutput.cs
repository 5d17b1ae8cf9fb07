using System.Text;

namespace Fotograma.Peers.Processes;

/// <summary>The last of what a server says, within a bound.</summary>
internal sealed class ServerOutput(int charactersMax)
{
    private readonly StringBuilder kept = new();

    public string Text
    {
        get
        {
            lock (kept) return kept.ToString();
        }
    }

    public async Task ReadAsync(StreamReader stream)
    {
        var buffer = new char[4096];
        try
        {
            while (await stream.ReadAsync(buffer) is var read && read > 0) Keep(buffer.AsSpan(0, read));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The server was disposed of while it spoke.
        }
    }

    private void Keep(ReadOnlySpan<char> text)
    {
        lock (kept)
        {
            kept.Append(text);
            if (kept.Length > charactersMax) kept.Remove(0, kept.Length - (charactersMax / 2));
        }
    }
}
