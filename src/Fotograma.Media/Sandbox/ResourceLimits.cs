using System.Globalization;
using System.Runtime.InteropServices;

namespace Fotograma.Media.Sandbox;

/// <summary>
/// What the kernel lets the process use. Soft and hard limits are set together, so that nothing can raise them again. The number of processes
/// (<c>RLIMIT_NPROC</c>) is not among them: it counts all of a user's threads on the machine, and none of root's; the filter of system calls
/// forbids new processes instead.
/// </summary>
internal static unsafe class ResourceLimits
{
    private const int CpuSeconds = 0;
    private const int FileBytes = 1;
    private const int WritableBytes = 2;
    private const int CoreBytes = 4;
    private const int Descriptors = 7;
    private const int LockedBytes = 8;
    private const int AddressBytes = 9;
    private const int QueueBytes = 12;

    /// <summary>Between the signal that tells a process of its last second (SIGXCPU) and the one that it cannot ignore.</summary>
    private const ulong CpuGraceSeconds = 2;

    /// <summary>
    /// Address space without memory behind it, for each byte that may be written: the garbage collector and the allocator's arenas reserve far
    /// more than they use.
    /// </summary>
    private const ulong ReservedTimesWritable = 2;

    /// <summary>What a process uses now: address space, and the part of it that can be written, in bytes.</summary>
    public readonly record struct Usage(ulong Address, ulong Writable);

    /// <summary>Measures the process. Opens a file.</summary>
    public static Usage Measure()
    {
        // Pages of address space, resident, shared, text, library, data, dirty: proc_pid_statm(5).
        var fields = File.ReadAllText("/proc/self/statm").Split(' ');
        var page = (ulong)Environment.SystemPageSize;
        return new Usage(ulong.Parse(fields[0], CultureInfo.InvariantCulture) * page, ulong.Parse(fields[5], CultureInfo.InvariantCulture) * page);
    }

    /// <summary>Sets the limits.</summary>
    /// <param name="used">What the process uses now.</param>
    /// <param name="cpuSeconds">Processor time of all threads together, in seconds.</param>
    /// <param name="memoryBytes">Writable memory beyond what is in use now, in bytes.</param>
    /// <param name="descriptorsMax">One more than the highest descriptor that may exist.</param>
    public static void Apply(Usage used, int cpuSeconds, long memoryBytes, int descriptorsMax)
    {
        Set("CPU", CpuSeconds, (ulong)cpuSeconds, (ulong)cpuSeconds + CpuGraceSeconds);
        Set("file size", FileBytes, 0);
        Set("core", CoreBytes, 0);
        Set("locked memory", LockedBytes, 0);
        Set("message queues", QueueBytes, 0);
        Set("open files", Descriptors, (ulong)descriptorsMax);
        Set("writable memory", WritableBytes, used.Writable + (ulong)memoryBytes);
        Set("address space", AddressBytes, used.Address + ReservedTimesWritable * (ulong)memoryBytes);
    }

    private static void Set(string name, int resource, ulong soft, ulong? hard = null)
    {
        Pair now;
        SandboxCalls.Check($"limit of {name}", Syscall.PrLimit, 0, resource, 0, (nint)(&now));
        var limit = new Pair(Math.Min(soft, now.Hard), Math.Min(hard ?? soft, now.Hard));
        SandboxCalls.Check($"limit of {name}", Syscall.PrLimit, 0, resource, (nint)(&limit));
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Pair(ulong Soft, ulong Hard);
}
