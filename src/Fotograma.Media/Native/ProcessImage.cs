using System.Runtime.InteropServices;

namespace Fotograma.Media.Native;

/// <summary>Makes this process another program: the same number, descriptors and environment.</summary>
internal static partial class ProcessImage
{
    /// <summary>Comes back only when it fails (POSIX <c>execv</c>).</summary>
    /// <returns>The error number (errno).</returns>
    public static int Become(string path, IReadOnlyList<string> arguments)
    {
        // The vector of the new program begins with its own name and ends with a null.
        _ = Execute(path, [path, .. arguments, null]);
        return Marshal.GetLastPInvokeError();
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
