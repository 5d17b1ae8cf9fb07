using System.ComponentModel;
using Fotograma.Media.Native;
using Fotograma.Server.Cli;

namespace Fotograma.Cli;

/// <summary>The program <c>fotograma-server</c> beside this one.</summary>
internal static class ServerProgram
{
    private static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "fotograma-server");

    /// <summary>Whether it is there.</summary>
    public static bool Exists => File.Exists(Path);

    /// <summary>Makes this process that program. Comes back only when that fails, with an exit code.</summary>
    public static int Become(IReadOnlyList<string> arguments)
    {
        var error = ProcessImage.Become(Path, arguments);
        Console.Error.WriteLine($"fotograma: {Path} cannot be started: {new Win32Exception(error).Message}");
        return ExitCode.Internal;
    }
}
