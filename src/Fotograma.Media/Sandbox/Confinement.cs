using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Sandbox;

/// <summary>How much of the sandbox a decoder must have.</summary>
public enum SandboxMode
{
    /// <summary>All of it, or no work is done.</summary>
    Required,

    /// <summary>All of it, but for Landlock where the kernel has none.</summary>
    Seccomp,

    /// <summary>None. For development on systems that have none.</summary>
    Off,
}

/// <summary>The walls of the second step. A decoder has all of them; tests look at each alone.</summary>
[Flags]
internal enum Walls
{
    None = 0,
    Landlock = 1,
    Descriptors = 2,
    Limits = 4,
    Hiding = 8,
    Filter = 16,
    All = Landlock | Descriptors | Limits | Hiding | Filter,
}

/// <summary>
/// Confines the process it runs in, in two steps. First it gives up its privileges and starts itself anew, so that every thread there will
/// ever be is born without them. Then, with its one input and its libraries open, it gives up all but reading, computing and answering. A step
/// that fails is a <see cref="SandboxException"/> that names it.
/// </summary>
internal static unsafe class Confinement
{
    /// <summary>First argument of a process that is through the first step.</summary>
    private const string Inside = "inside";

    private const int FilterWithThreads = 1;
    private const int SetFilterMode = 1;
    private const int StatusBytesMax = 8192;

    /// <summary>The mode that <paramref name="arguments"/> ask for: the last one, and all of it unless they say otherwise.</summary>
    public static SandboxMode ModeOf(IReadOnlyList<string> arguments) =>
        arguments.Count > 0 && Enum.TryParse<SandboxMode>(arguments[^1], ignoreCase: true, out var mode) ? mode : SandboxMode.Required;

    /// <summary>
    /// The first step. Does not return when it starts the process anew: <paramref name="arguments"/> are then given again, after a word that
    /// says so. Must be called before anything else, by the first thread.
    /// </summary>
    public static void Enter(IReadOnlyList<string> arguments)
    {
        var mode = ModeOf(arguments);
        if (mode == SandboxMode.Off || (arguments.Count > 0 && arguments[0] == Inside)) return;
        if (SyscallTable.Own is null || !OperatingSystem.IsLinux()) throw new SandboxException("There is a sandbox for Linux on x86-64 and arm64 only.");
        // A runtime that compiles while it runs needs executable memory, and opens assemblies, whose places it is told, when it first needs them.
        if (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is not null) throw new SandboxException("The program is not compiled ahead of time.");
        Privileges.Drop();
        var abi = Landlock.Abi;
        if (abi > 0) Landlock.AllowReadingOnly(abi);
        else if (mode == SandboxMode.Required) throw new SandboxException("The kernel has no Landlock.");
        StartAnew(arguments);
    }

    /// <summary>
    /// The second step: from now on nothing but <paramref name="input"/> and the standard streams is open, and nothing else can be opened. Must be
    /// called by the first thread; threads that exist already are held by the filter and by the first step.
    /// </summary>
    /// <returns>What the kernel says of it.</returns>
    public static ConfinementProof Close(SafeFileHandle input, in Bounds bounds, SandboxMode mode, Walls walls = Walls.All)
    {
        var abi = Landlock.Abi;
        if (abi == 0 && mode != SandboxMode.Seccomp) throw new SandboxException("The kernel has no Landlock.");
        using var status = File.OpenHandle("/proc/thread-self/status");
        var (kept, proof) = ((int)input.DangerousGetHandle(), (int)status.DangerousGetHandle());
        var used = ResourceLimits.Measure();
        var filter = SyscallFilter.Compile(SyscallTable.Own!, Environment.ProcessId);
        var text = new byte[StatusBytesMax];
        var before = Read(status, text);
        if (abi > 0 && walls.HasFlag(Walls.Landlock)) Landlock.AllowNothing(abi);
        if (walls.HasFlag(Walls.Descriptors)) CloseAllBut(kept, proof);
        if (walls.HasFlag(Walls.Limits)) ResourceLimits.Apply(used, bounds, Math.Max(kept, proof) + 1);
        if (walls.HasFlag(Walls.Hiding)) Privileges.Hide();
        if (walls.HasFlag(Walls.Filter)) Install(filter);
        var said = Read(status, text) with { LandlockAbi = abi };
        return walls != Walls.All || (said.Holds && said.AddsTo(before)) ? said : throw new SandboxException($"The kernel says {said}, and before {before}.");
    }

    private static ConfinementProof Read(SafeFileHandle status, byte[] text) =>
        ConfinementProof.Parse(Encoding.ASCII.GetString(text, 0, RandomAccess.Read(status, text, 0)));

    private static void StartAnew(IReadOnlyList<string> arguments)
    {
        var program = Environment.ProcessPath ?? throw new SandboxException("The program does not know where it is.");
        byte[][] texts = [.. ((string[])[program, Inside, .. arguments]).Select(text => Encoding.UTF8.GetBytes(text + '\0'))];
        var pinned = texts.Select(text => GC.AllocateArray<byte>(text.Length, pinned: true)).ToArray();
        for (var i = 0; i < texts.Length; i++) texts[i].CopyTo(pinned[i], 0);
        var pointers = stackalloc byte*[pinned.Length + 1];
        for (var i = 0; i < pinned.Length; i++) pointers[i] = (byte*)Unsafe.AsPointer(ref pinned[i][0]);
        pointers[pinned.Length] = null;
        _ = SandboxCalls.Execute(pointers[0], pointers);
        GC.KeepAlive(pinned);
        throw new SandboxException("The program could not start itself anew.");
    }

    private static void CloseAllBut(int one, int other)
    {
        const int FirstBeyondStandard = 3;
        var (low, high) = (Math.Min(one, other), Math.Max(one, other));
        CloseRange(FirstBeyondStandard, low - 1);
        CloseRange(low + 1, high - 1);
        CloseRange(high + 1, int.MaxValue);
    }

    private static void CloseRange(int first, int last)
    {
        if (first <= last) SandboxCalls.Check("close_range", Syscall.CloseRange, first, last);
    }

    private static void Install(BpfInstruction[] filter)
    {
        fixed (BpfInstruction* start = filter)
        {
            var program = new FilterProgram((ushort)filter.Length, (nint)start);
            // With TSYNC a positive result is a thread that could not be held.
            var stray = SandboxCalls.Check("seccomp", Syscall.Seccomp, SetFilterMode, FilterWithThreads, (nint)(&program));
            if (stray != 0) throw new SandboxException($"Thread {stray} could not be confined.");
        }
    }

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential)]
    private readonly record struct FilterProgram(ushort Instructions, nint Start);
}
