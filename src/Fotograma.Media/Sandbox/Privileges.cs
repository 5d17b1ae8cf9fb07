namespace Fotograma.Media.Sandbox;

/// <summary>Gives up what a process may do beyond its user, and that it may ever get it back.</summary>
internal static unsafe class Privileges
{
    private const int SetDumpable = 4;
    private const int DropBoundingCapability = 24;
    private const int ReadBoundingCapability = 23;
    private const int SetNoNewPrivileges = 38;
    private const int AmbientCapabilities = 47;
    private const int ClearAllAmbient = 4;
    private const int CapabilitiesMax = 64;
    private const uint CapabilityVersion3 = 0x20080522;

    /// <summary>
    /// Drops every capability of the calling thread, also those that running a program as root would give back, and forbids new ones. A program
    /// started afterwards has none in any of its threads.
    /// </summary>
    public static void Drop()
    {
        // Needs a capability itself, so it comes first; without that one the permitted set is empty too, and no_new_privs keeps it so.
        for (var capability = 0; capability < CapabilitiesMax && IsBounding(capability); capability++)
        {
            _ = SandboxCalls.Call(SyscallTable.Own![Syscall.PrCtl], DropBoundingCapability, capability);
        }

        _ = SandboxCalls.Call(SyscallTable.Own![Syscall.PrCtl], AmbientCapabilities, ClearAllAmbient);
        SandboxCalls.Check("no_new_privs", Syscall.PrCtl, SetNoNewPrivileges, 1);
        var head = stackalloc uint[2] { CapabilityVersion3, 0 };
        var nothing = stackalloc uint[6] { 0, 0, 0, 0, 0, 0 };
        SandboxCalls.Check("capabilities", Syscall.CapSet, (nint)head, (nint)nothing);
    }

    /// <summary>Closes the process to debuggers and to readers of its memory, environment and descriptors.</summary>
    public static void Hide() => SandboxCalls.Check("dumpable", Syscall.PrCtl, SetDumpable, 0);

    private static bool IsBounding(int capability) => SandboxCalls.Call(SyscallTable.Own![Syscall.PrCtl], ReadBoundingCapability, capability) >= 0;
}
