using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Fotograma.Server.Cli;

namespace Fotograma.Cli.Native;

/// <summary>The program <c>fotograma-server</c> beside this one.</summary>
internal static unsafe partial class ServerProgram
{
    private static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "fotograma-server");

    /// <summary>Whether it is there.</summary>
    public static bool Exists => File.Exists(Path);

    /// <summary>Makes this process that program: the same number, descriptors and environment. Comes back only when that fails, with an exit code.</summary>
    public static int Become(IReadOnlyList<string> arguments)
    {
        var texts = stackalloc byte*[arguments.Count + 2];
        texts[0] = Utf8StringMarshaller.ConvertToUnmanaged(Path);
        for (var i = 0; i < arguments.Count; i++) texts[i + 1] = Utf8StringMarshaller.ConvertToUnmanaged(arguments[i]);
        texts[arguments.Count + 1] = null;
        _ = Execute(texts[0], texts);
        Console.Error.WriteLine($"fotograma: {Path} cannot be started: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        return ExitCode.Internal;
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true)]
    private static partial int Execute(byte* path, byte** arguments);
}
