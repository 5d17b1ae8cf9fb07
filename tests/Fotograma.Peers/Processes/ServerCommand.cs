namespace Fotograma.Peers.Processes;

/// <summary>How a server is started: a program by name or path, and its arguments. Nothing passes through a shell.</summary>
public sealed record ServerCommand(string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>Added to this process's environment; a null removes a variable.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Where the server runs; this process's folder unless told.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>How much of what the server says is kept, in characters.</summary>
    public int OutputCharactersMax { get; init; } = 256 * 1024;

    /// <summary>The user whom the server runs as, for servers that refuse to run as root; this process's user unless told.</summary>
    public string? User { get; init; }
}
