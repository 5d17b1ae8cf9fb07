using System.Runtime.InteropServices;

namespace Fotograma.Media.Sandbox;

/// <summary>What the sandbox asks of the kernel, with nothing in between.</summary>
internal static unsafe partial class SandboxCalls
{
    /// <summary>Makes a system call by its number; negative results are -1, with the reason in the last error.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint Call(nint number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, nint f = 0);

    /// <summary>Replaces this process by the program at <paramref name="path"/>, with the same environment. Returns only on failure.</summary>
    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true)]
    internal static partial int Execute(byte* path, byte** arguments);

    /// <summary>Makes a system call.</summary>
    /// <exception cref="SandboxException">The kernel refused.</exception>
    internal static nint Check(string what, Syscall call, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0)
    {
        var table = SyscallTable.Own ?? throw new SandboxException("This kind of machine has no table of system calls.");
        var result = Call(table[call], a, b, c, d, e);
        return result >= 0 ? result : throw new SandboxException($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
    }
}

/// <summary>A protection that could not be put up.</summary>
internal sealed class SandboxException(string message) : Exception(message);
