using System.Globalization;
using System.Runtime.InteropServices;

namespace Fotograma.Media.Sandbox;

/// <summary>What a confined process may use.</summary>
/// <param name="CpuSeconds">Processor time of all threads together, in seconds.</param>
/// <param name="MemoryBytes">Writable memory beyond what is in use when it is confined, in bytes.</param>
/// <param name="ThreadsBeyond">
/// Its user may have at least so many threads more than there are, on the whole machine, and not endlessly many. The kernel does not count root's.
/// </param>
internal readonly record struct Bounds(int CpuSeconds, long MemoryBytes, long ThreadsBeyond);

/// <summary>What the kernel lets the process use. Soft and hard limits are set together, so that nothing can raise them again.</summary>
internal static unsafe class ResourceLimits
{
    private const int CpuSeconds = 0;
    private const int FileBytes = 1;
    private const int WritableBytes = 2;
    private const int CoreBytes = 4;
    private const int Threads = 6;
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

    private const int TrialStackBytes = 64 << 10;

    /// <summary>No machine has a million million threads.</summary>
    private const int DoublingsMax = 32;

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
    /// <param name="bounds">What it may use.</param>
    /// <param name="descriptorsMax">One more than the highest descriptor that may exist.</param>
    public static void Apply(Usage used, in Bounds bounds, int descriptorsMax)
    {
        SetThreads((ulong)bounds.ThreadsBeyond);
        Set("CPU", CpuSeconds, (ulong)bounds.CpuSeconds, (ulong)bounds.CpuSeconds + CpuGraceSeconds);
        Set("file size", FileBytes, 0);
        Set("core", CoreBytes, 0);
        Set("locked memory", LockedBytes, 0);
        Set("message queues", QueueBytes, 0);
        Set("open files", Descriptors, (ulong)descriptorsMax);
        Set("writable memory", WritableBytes, used.Writable + (ulong)bounds.MemoryBytes);
        Set("address space", AddressBytes, used.Address + ReservedTimesWritable * (ulong)bounds.MemoryBytes);
    }

    // The limit is for all threads of a user, those of other containers included, which nobody here can see or count. So it is tried out: the
    // first doubling that leaves room for a thread is more than there are and at most twice as much.
    private static void SetThreads(ulong beyond)
    {
        var room = beyond;
        for (var doublings = 0; room < HardLimit(Threads); doublings++)
        {
            Set("threads", Threads, room, HardLimit(Threads));
            if (HasRoomForThread()) break;
            if (doublings == DoublingsMax) throw new SandboxException("No thread can be started, however many are allowed: the container or the system has no room for one.");
            room *= 2;
        }

        Set("threads", Threads, room + beyond);
    }

    private static bool HasRoomForThread()
    {
        try
        {
            var thread = new Thread(static () => { }, TrialStackBytes);
            thread.Start();
            thread.Join();
            return true;
        }
        catch (Exception failure) when (failure is OutOfMemoryException or ThreadStartException)
        {
            return false;
        }
    }

    private static ulong HardLimit(int resource)
    {
        Pair now;
        SandboxCalls.Check("limits", Syscall.PrLimit, 0, resource, 0, (nint)(&now));
        return now.Hard;
    }

    private static void Set(string name, int resource, ulong soft, ulong? hard = null)
    {
        var most = HardLimit(resource);
        var limit = new Pair(Math.Min(soft, most), Math.Min(hard ?? soft, most));
        SandboxCalls.Check($"limit of {name}", Syscall.PrLimit, 0, resource, (nint)(&limit));
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Pair(ulong Soft, ulong Hard);
}
