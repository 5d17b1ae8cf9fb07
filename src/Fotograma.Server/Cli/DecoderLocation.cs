using Fotograma.Media.Sandbox;

namespace Fotograma.Server.Cli;

/// <summary>Finds the program <c>fotograma-decoder</c>, and how it must be confined.</summary>
internal static class DecoderLocation
{
    /// <summary>The environment variable that names it.</summary>
    public const string Variable = "FOTOGRAMA_DECODER";

    /// <summary>The environment variable that says how it must be confined.</summary>
    public const string SandboxVariable = "FOTOGRAMA_SANDBOX";

    /// <summary>
    /// What <see cref="SandboxVariable"/> says; everything, where it says nothing that is understood. That there is none is told, whatever else is
    /// to be quiet: who set the variable long ago should not forget it.
    /// </summary>
    public static SandboxMode Sandbox(Terminal terminal)
    {
        var said = Environment.GetEnvironmentVariable(SandboxVariable);
        var mode = Enum.GetValues<SandboxMode>().FirstOrDefault(candidate => candidate.ToString().Equals(said, StringComparison.OrdinalIgnoreCase), SandboxMode.Required);
        if (mode == SandboxMode.Off) terminal.Error.WriteLine($"warning: the decoder is not locked in ({SandboxVariable}={said}): a hostile video could do what you can do.");
        return mode;
    }

    /// <summary>The given path, else the one of <see cref="Variable"/>, else the program beside this one.</summary>
    public static string Find(string? given)
    {
        if (!string.IsNullOrEmpty(given)) return Path.GetFullPath(given);
        return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
            ? Path.GetFullPath(named)
            : Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "fotograma-decoder.exe" : "fotograma-decoder");
    }
}
