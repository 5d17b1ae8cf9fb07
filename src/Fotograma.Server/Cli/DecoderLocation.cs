using Fotograma.Media.Sandbox;

namespace Fotograma.Server.Cli;

/// <summary>Finds the program <c>fotograma-decoder</c>, and how it must be confined.</summary>
internal static class DecoderLocation
{
    /// <summary>The environment variable that names it.</summary>
    public const string Variable = "FOTOGRAMA_DECODER";

    /// <summary>The environment variable that says how it must be confined.</summary>
    public const string SandboxVariable = "FOTOGRAMA_SANDBOX";

    /// <summary>What <see cref="SandboxVariable"/> says; everything, where it says nothing that is understood.</summary>
    public static SandboxMode Sandbox() =>
        Enum.TryParse<SandboxMode>(Environment.GetEnvironmentVariable(SandboxVariable), ignoreCase: true, out var mode) ? mode : SandboxMode.Required;

    /// <summary>The given path, else the one of <see cref="Variable"/>, else the program beside this one.</summary>
    public static string Find(string? given)
    {
        if (!string.IsNullOrEmpty(given)) return Path.GetFullPath(given);
        return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
            ? Path.GetFullPath(named)
            : Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "fotograma-decoder.exe" : "fotograma-decoder");
    }
}
