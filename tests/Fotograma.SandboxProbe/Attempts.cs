using System.Runtime.InteropServices;
using Fotograma.Media.Sandbox;

namespace Fotograma.SandboxProbe;

/// <summary>What an attempt has at hand: the decoder's input, a folder with a <c>file</c> in it, a port where somebody listens, and who started it.</summary>
internal sealed unsafe class Means(int input, string folder, ushort port, int parent) : IDisposable
{
    private const int RoomBytes = 4096;
    private const ulong LoopbackAddress = 0x0100007F;
    private const ulong InternetFamily = 2;

    private readonly List<nint> texts = [];

    public int Input => input;

    /// <summary>The process that started this one.</summary>
    public int Parent => parent;

    /// <summary>What the call before gave.</summary>
    public nint Made { get; set; }

    /// <summary>Zeroed memory.</summary>
    public nint Room { get; } = (nint)NativeMemory.AllocZeroed(RoomBytes);

    public nint Text(string text)
    {
        var pointer = Marshal.StringToCoTaskMemUTF8(text);
        texts.Add(pointer);
        return pointer;
    }

    /// <summary>A name in the folder.</summary>
    public nint Path(string name) => Text($"{folder}/{name}");

    /// <summary>Zeroed memory that begins with these words.</summary>
    public nint Words(params ulong[] words)
    {
        words.CopyTo(new Span<ulong>((void*)Room, words.Length));
        return Room;
    }

    /// <summary>Where somebody listens (<c>struct sockaddr_in</c>).</summary>
    public nint Address() => Words(InternetFamily | (ulong)(port >> 8 | (port & 0xFF) << 8) << 16 | LoopbackAddress << 32, 0);

    public void Dispose()
    {
        foreach (var text in texts) Marshal.FreeCoTaskMem(text);
        NativeMemory.Free((void*)Room);
    }
}

/// <summary>How an attempt ends in a process that is not confined.</summary>
internal enum Outside
{
    /// <summary>It succeeds, so that its failure is the sandbox's work.</summary>
    Works,

    /// <summary>It succeeds for root.</summary>
    WorksForRoot,

    /// <summary>It fails in another way, or depends on the machine, so that its kind of failure is the sandbox's work.</summary>
    Differs,

    /// <summary>It would do harm.</summary>
    Untried,
}

/// <summary>A system call by its numbers on the two kinds of machines; -1 where there is none.</summary>
internal sealed record Call(int X64, int Arm64, Func<Means, nint[]> Arguments)
{
    public int Number => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Arm64 : X64;

    /// <summary>Makes the call and gives its result; negative for a failure.</summary>
    public nint Make(Means means)
    {
        var arguments = new nint[6];
        Arguments(means).CopyTo(arguments, 0);
        return SandboxCalls.Call(Number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
    }
}

/// <summary>One thing a decoder must not be able to do, as a system call.</summary>
internal sealed record Attempt(string Name, int X64, int Arm64, Func<Means, nint[]> Arguments, Outside Outside, int Refusal = Attempt.Killed)
{
    /// <summary>Instead of an error number: the process is ended.</summary>
    public const int Killed = 0;

    private readonly Call call = new(X64, Arm64, Arguments);

    /// <summary>A call before, of which the result is needed.</summary>
    public Call? First { get; init; }

    /// <summary>Whether it makes another process, which must end at once.</summary>
    public bool Forks { get; init; }

    /// <summary>What Landlock alone answers; 0 when it is no business of Landlock's.</summary>
    public int ByLandlock { get; init; }

    /// <summary>What the wall of the first step alone answers; 0 when it lets it pass.</summary>
    public int ByFirstWall { get; init; }

    /// <summary>The version of Landlock that has a word on it.</summary>
    public int SinceAbi { get; init; } = 1;

    public bool ExistsHere => call.Number >= 0;

    /// <summary>What is done instead of the call, where it takes more than one.</summary>
    public Func<int>? Instead { get; init; }

    /// <summary>Makes the call and gives 0, or the error number.</summary>
    public int Make(Means means)
    {
        if (Instead is { } more) return more();
        if (First is { } first && (means.Made = first.Make(means)) < 0) return Marshal.GetLastPInvokeError();
        var result = call.Make(means);
        if (Forks && result == 0) SandboxCalls.Call(SyscallTable.Own![Syscall.ExitGroup]);
        return result >= 0 ? 0 : Marshal.GetLastPInvokeError();
    }
}

/// <summary>Everything that is attempted. The numbers are those of <c>syscall_64.tbl</c> and <c>asm-generic/unistd.h</c>.</summary>
internal static class Attempts
{
    private const int Here = -100;
    private const int Create = 0x42;
    private const int Anonymous = 0x22;
    private const int SharedAnonymous = 0x21;
    private const int ReadWrite = 3;
    private const int ReadExecute = 5;
    private static readonly nint HugeBytes = unchecked((nint)(1L << 40));
    private const int NoReserve = 0x4000;
    private const int GrowsDown = 0x100;
    private const int NotPermitted = 1;
    private const int TryAgain = 11;
    private const int NoMemory = 12;
    private const int NoAccess = 13;
    private const int NoSuchCall = 38;
    private const int NewUserNamespace = 0x10000000;
    private const int ChildSignal = 17;
    private const int X32 = 0x40000000;

    /// <summary>The kernel does not hold root to this limit, so this one is attempted by another user.</summary>
    public static Attempt Threads { get; } = new("make a thousand threads", 56, 220, _ => [], Outside.Works, TryAgain) { Instead = MakeThreads };

    /// <summary>Whether others of its user may read its memory, environment and descriptors (<c>PR_GET_DUMPABLE</c>). The filter forbids the question, so it is asked behind one wall only.</summary>
    public static Attempt Openness { get; } = new("be open to others of its user", 157, 167, _ => [3], Outside.Works, NoAccess)
    {
        Instead = () => SandboxCalls.Call(SyscallTable.Own![Syscall.PrCtl], 3) == 0 ? NoAccess : 0,
    };

    public static IReadOnlyList<Attempt> All { get; } =
    [
        new("open a file", 257, 56, m => [Here, m.Text("/etc/passwd")], Outside.Works, NotPermitted) { ByLandlock = NoAccess },
        new("open its environment", 257, 56, m => [Here, m.Text("/proc/self/environ")], Outside.Works, NotPermitted) { ByLandlock = NoAccess },
        new("open its memory", 257, 56, m => [Here, m.Text("/proc/self/mem"), 2], Outside.Works, NotPermitted) { ByLandlock = NoAccess, ByFirstWall = NoAccess },
        new("open a relative name", 257, 56, m => [Here, m.Text(".")], Outside.Works, NotPermitted) { ByLandlock = NoAccess },
        new("open a name beside its input", 257, 56, m => [m.Input, m.Text("x")], Outside.Differs, NotPermitted),
        new("open the old way", 2, -1, m => [m.Text("/etc/passwd")], Outside.Works, NotPermitted) { ByLandlock = NoAccess },
        new("open the new way", 437, 437, m => [Here, m.Text("/etc/passwd"), m.Room, 24], Outside.Works, NotPermitted) { ByLandlock = NoAccess },
        new("open by handle", 304, 265, m => [Here, m.Room, 0], Outside.Differs),
        new("look whether a file exists", 262, 79, m => [Here, m.Text("/etc/passwd"), m.Room, 0], Outside.Works, NotPermitted),
        new("list an open folder", 217, 61, m => [m.Input, m.Room, 4096], Outside.Differs),
        new("create a file", 257, 56, m => [Here, m.Path("made"), Create, 0x180], Outside.Works, NotPermitted) { ByLandlock = NoAccess, ByFirstWall = NoAccess },
        new("create a nameless file", 319, 279, m => [m.Text("x"), 0], Outside.Works),
        new("make a folder by path", 258, 34, m => [Here, m.Path("folder"), 0x1C0], Outside.Works) { ByLandlock = NoAccess, ByFirstWall = NoAccess },
        new("remove a file", 263, 35, m => [Here, m.Path("file"), 0], Outside.Works) { ByLandlock = NoAccess, ByFirstWall = NoAccess },
        new("rename a file", 316, 276, m => [Here, m.Path("file"), Here, m.Path("other"), 0], Outside.Works) { ByLandlock = NoAccess, ByFirstWall = NoAccess },
        new("link a file", 266, 36, m => [m.Text("/etc"), Here, m.Path("link")], Outside.Works) { ByLandlock = NoAccess, ByFirstWall = NoAccess },
        new("change a file's rights", 268, 53, m => [Here, m.Path("file"), 0x180], Outside.Works),
        new("cut a file off by path", 76, 45, m => [m.Path("file"), 1], Outside.Works) { ByLandlock = NoAccess, ByFirstWall = NoAccess, SinceAbi = 3 },
        new("write to its input", 1, 64, m => [m.Input, m.Room, 1], Outside.Differs, NotPermitted),
        new("write to its parent's pipe", 1, 64, m => [0, m.Room, 1], Outside.Differs, NotPermitted),
        new("write at a place of its input", 18, 68, m => [m.Input, m.Room, 1, 0], Outside.Differs),
        new("cut its input off", 77, 46, m => [m.Input, 0], Outside.Differs),
        new("copy between files", 326, 285, m => [m.Input, 0, 1, 0, 1, 0], Outside.Differs),
        new("send a file", 40, 71, m => [1, m.Input, 0, 1], Outside.Works),
        new("connect by TCP", 42, 203, m => [m.Made, m.Address(), 16], Outside.Works) { First = new Call(41, 198, _ => [2, 1, 0]), ByLandlock = NoAccess, ByFirstWall = NoAccess, SinceAbi = 4 },
        new("make a TCP socket over IPv6", 41, 198, _ => [10, 1, 0], Outside.Differs),
        new("send by UDP", 44, 206, m => [m.Made, m.Room, 1, 0, m.Address(), 16], Outside.Works) { First = new Call(41, 198, _ => [2, 2, 0]) },
        new("make a local socket", 41, 198, _ => [1, 1, 0], Outside.Works),
        new("make a netlink socket", 41, 198, _ => [16, 3, 0], Outside.Works),
        new("connect what is open", 42, 203, m => [m.Input, m.Words(0x0100007F_3500_0002), 16], Outside.Differs),
        new("make a pair of sockets", 53, 199, m => [1, 1, 0, m.Room], Outside.Works),
        new("run a program", 59, 221, m => [m.Text("/bin/echo"), m.Words((ulong)m.Text("echo"), (ulong)m.Text("done"), 0), 0], Outside.Works) { ByLandlock = NoAccess },
        new("run a program by descriptor", 322, 281, m => [m.Input, m.Text(""), m.Room, m.Room, 0x1000], Outside.Differs),
        new("fork", 57, -1, _ => [], Outside.Works) { Forks = true },
        new("fork and wait", 58, -1, _ => [], Outside.Untried),
        new("clone a process", 56, 220, _ => [ChildSignal], Outside.Works) { Forks = true },
        new("clone a process that shares memory", 56, 220, _ => [0x100 | ChildSignal], Outside.Untried),
        new("clone into a namespace", 56, 220, _ => [NewUserNamespace | ChildSignal], Outside.Untried),
        new("clone the new way", 435, 435, m => [m.Words(0, 0, 0, 0, ChildSignal), 88], Outside.Works, NoSuchCall) { Forks = true },
        new("leave its namespaces", 272, 97, _ => [NewUserNamespace], Outside.Differs),
        new("join a namespace", 308, 268, m => [m.Input, 0], Outside.Differs),
        new("trace", 101, 117, _ => [0], Outside.Works),
        new("read another process's memory", 310, 270, m => [Environment.ProcessId, m.Words((ulong)m.Room, 1), 1, m.Room, 1, 0], Outside.Works),
        new("write another process's memory", 311, 271, m => [Environment.ProcessId, m.Words((ulong)m.Room, 1), 1, m.Room, 1, 0], Outside.Works),
        new("signal its parent", 62, 129, m => [m.Parent, 0], Outside.Works) { ByLandlock = NotPermitted, ByFirstWall = NotPermitted, SinceAbi = 6 },
        new("signal itself from outside", 62, 129, _ => [Environment.ProcessId, 0], Outside.Works),
        new("signal everybody", 62, 129, _ => [-1, 0], Outside.Works),
        new("signal a thread of another process", 234, 131, m => [m.Parent, m.Parent, 0], Outside.Works),
        new("signal a thread by its number", 200, 130, m => [m.Parent, 0], Outside.Works),
        new("queue a signal", 129, 138, m => [Environment.ProcessId, 0, m.Room], Outside.Works),
        new("open a process", 434, 434, m => [m.Parent, 0], Outside.Works),
        new("take another process's descriptor", 438, 438, _ => [0, 0, 0], Outside.Differs),
        new("map executable memory", 9, 222, _ => [0, 4096, ReadExecute, Anonymous, -1, 0], Outside.Works, NotPermitted),
        new("map shared memory", 9, 222, _ => [0, 4096, ReadWrite, SharedAnonymous, -1, 0], Outside.Works, NotPermitted),
        new("map memory that grows like a stack", 9, 222, _ => [0, 1 << 30, ReadWrite, Anonymous | GrowsDown, -1, 0], Outside.Works, NotPermitted),
        new("map a terabyte", 9, 222, _ => [0, HugeBytes, ReadWrite, Anonymous | NoReserve, -1, 0], Outside.Works, NoMemory),
        new("make memory executable", 10, 226, m => [m.Room & ~4095, 4096, ReadExecute | 2], Outside.Works, NotPermitted),
        new("make memory executable with a key", 329, 288, m => [m.Room & ~4095, 4096, ReadExecute | 2, -1], Outside.Works),
        new("read faults of memory", 323, 282, _ => [0], Outside.Differs),
        new("lock memory", 149, 228, m => [m.Room, 1], Outside.Works, NotPermitted),
        new("raise its limit of open files", 302, 261, m => [0, 7, m.Words(100, 100), 0], Outside.Works, NotPermitted),
        new("raise its limit of memory", 302, 261, m => [0, 2, m.Words(ulong.MaxValue, ulong.MaxValue), 0], Outside.Works, NotPermitted),
        new("raise its limits the old way", 160, 164, m => [7, m.Words(100, 100)], Outside.Works),
        new("change another process's limits", 302, 261, m => [m.Parent, 7, 0, m.Room], Outside.Works, NotPermitted),
        new("let others read its memory", 157, 167, _ => [4, 1], Outside.Works, NotPermitted),
        new("outlive its parent's signals", 157, 167, _ => [1, 0], Outside.Works, NotPermitted),
        new("become privileged by securebits", 157, 167, _ => [28, 0], Outside.WorksForRoot, NotPermitted),
        new("become another user", 105, 146, _ => [0], Outside.WorksForRoot),
        new("take capabilities", 126, 91, m => [m.Words(0x20080522), m.Room + 64], Outside.Works),
        new("change its filter", 317, 277, m => [1, 0, m.Room], Outside.Differs),
        new("mount", 165, 40, m => [m.Text("none"), m.Text("/tmp"), m.Text("tmpfs"), 0, 0], Outside.Untried),
        new("mount the new way", 429, 429, m => [Here, 0, Here, 0, 0], Outside.Differs),
        new("unmount", 166, 39, m => [m.Text("/fotograma-probe-none"), 0], Outside.Differs),
        new("change its root", 161, 51, m => [m.Text("/")], Outside.Differs),
        new("change its folder", 80, 49, m => [m.Text("/")], Outside.Works),
        new("exchange the root", 155, 41, m => [m.Text("/"), m.Text("/")], Outside.Untried),
        new("set up a ring of calls", 425, 425, m => [1, m.Room], Outside.Differs),
        new("load a program into the kernel", 321, 280, m => [0, m.Room, 48], Outside.Differs),
        new("watch performance", 298, 241, m => [m.Room, 0, -1, -1, 0], Outside.Differs),
        new("read keys", 250, 219, _ => [0, -3, 0], Outside.Differs),
        new("add a key", 248, 217, m => [m.Text("user"), m.Text("x"), m.Room, 1, -2], Outside.Differs),
        new("load a module", 175, 105, m => [m.Room, 0, m.Text("")], Outside.Untried),
        new("restart the machine", 169, 142, _ => [0, 0, 0, 0], Outside.Untried),
        new("set the clock", 227, 112, m => [0, m.Room], Outside.Untried),
        new("name the machine", 170, 161, m => [m.Text("x"), -1], Outside.Untried),
        new("push characters into a terminal", 16, 29, m => [0, 0x5412, m.Room], Outside.Differs, NotPermitted),
        new("duplicate a descriptor", 32, 23, _ => [1], Outside.Works),
        new("duplicate a descriptor by fcntl", 72, 25, _ => [1, 1030, 0], Outside.Works, NotPermitted),
        new("make a pipe", 293, 59, m => [m.Room, 0], Outside.Works),
        new("wait for events", 291, 20, _ => [0], Outside.Works),
        new("watch files", 294, 26, _ => [0], Outside.Works),
        new("watch all files", 300, 262, _ => [0, 0], Outside.Differs),
        new("share memory with others", 29, 194, _ => [0, 4096, 0x380], Outside.Untried),
        new("send messages to others", 68, 186, _ => [0, 0x380], Outside.Untried),
        new("change its personality", 135, 92, _ => [0x0040000], Outside.Differs),
        new("reach the machine's ports", 172, -1, _ => [3], Outside.Differs),
        new("call by the x32 convention", X32 | 39, -1, _ => [], Outside.Differs),
        new("make a call that does not exist", 1000, 1000, _ => [], Outside.Differs),
    ];

    private static int MakeThreads()
    {
        const int Many = 1000;
        const int StackBytes = 64 << 10;
        var stay = new ManualResetEventSlim();
        try
        {
            for (var i = 0; i < Many; i++) new Thread(stay.Wait, StackBytes) { IsBackground = true }.Start();
            return 0;
        }
        catch (Exception failure) when (failure is OutOfMemoryException or ThreadStartException)
        {
            return TryAgain;
        }
    }
}
