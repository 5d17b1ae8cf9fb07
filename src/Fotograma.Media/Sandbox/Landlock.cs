using System.Runtime.InteropServices;

namespace Fotograma.Media.Sandbox;

/// <summary>
/// Walls of the kernel's Landlock (<c>Documentation/userspace-api/landlock.rst</c>). They hold the calling thread and all that is started from it
/// later on, and can only be added to. Which rights exist depends on the kernel's version of it (ABI); all that it knows are taken.
/// </summary>
internal static unsafe class Landlock
{
    private const int AskForVersion = 1;
    private const int PathBeneath = 1;
    private const int OpenPath = 0x200000;
    private const int OpenCloseOnExec = 0x80000;
    private const int CurrentDirectory = -100;

    private const ulong Execute = 1 << 0;
    private const ulong ReadFile = 1 << 2;
    private const ulong ReadFolder = 1 << 3;
    private const ulong TcpBindAndConnect = 3;
    private const ulong AbstractSocketsAndSignals = 3;

    /// <summary>The kernel's ABI; 0 when it has no Landlock, or has it switched off.</summary>
    public static int Abi
    {
        get
        {
            var version = SyscallTable.Own is { } table ? SandboxCalls.Call(table[Syscall.LandlockCreateRuleset], 0, 0, AskForVersion) : 0;
            return version > 0 ? (int)version : 0;
        }
    }

    /// <summary>
    /// Takes from the calling thread every right to files and to the network but reading and running, which starting a program needs. Signals
    /// and abstract sockets reach nothing outside. Needs no_new_privs.
    /// </summary>
    public static void AllowReadingOnly(int abi) => Restrict(abi, readable: true, scoped: true);

    /// <summary>Takes every right to files and to the network. Needs no_new_privs.</summary>
    /// <remarks>Signals between threads of one process would be held up by a second scope on some kernels, so there is none.</remarks>
    public static void AllowNothing(int abi) => Restrict(abi, readable: false, scoped: false);

    private static ulong FileRights(int abi) => abi switch
    {
        1 => (1UL << 13) - 1,
        2 => (1UL << 14) - 1,
        3 or 4 => (1UL << 15) - 1,
        _ => (1UL << 16) - 1,
    };

    private static void Restrict(int abi, bool readable, bool scoped)
    {
        var rules = new Ruleset(FileRights(abi), abi >= 4 ? TcpBindAndConnect : 0, scoped && abi >= 6 ? AbstractSocketsAndSignals : 0);
        var size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
        var descriptor = SandboxCalls.Check("Landlock ruleset", Syscall.LandlockCreateRuleset, (nint)(&rules), size);
        try
        {
            if (readable) AddReading(descriptor);
            SandboxCalls.Check("Landlock", Syscall.LandlockRestrictSelf, descriptor);
        }
        finally
        {
            SandboxCalls.Check("close", Syscall.Close, descriptor);
        }
    }

    private static void AddReading(nint ruleset)
    {
        fixed (byte* root = "/\0"u8)
        {
            var folder = SandboxCalls.Check("open /", Syscall.OpenAt, CurrentDirectory, (nint)root, OpenPath | OpenCloseOnExec);
            var rule = new PathRule(Execute | ReadFile | ReadFolder, (int)folder);
            SandboxCalls.Check("Landlock rule", Syscall.LandlockAddRule, ruleset, PathBeneath, (nint)(&rule));
            SandboxCalls.Check("close", Syscall.Close, folder);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Ruleset(ulong Files, ulong Network, ulong Scoped);

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly record struct PathRule(ulong Rights, int Folder);
}
