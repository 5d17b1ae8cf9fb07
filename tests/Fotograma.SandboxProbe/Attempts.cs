using System.Runtime.InteropServices;
using Fotograma.Media.Sandbox;

namespace Fotograma.SandboxProbe;

/// <summary>What an attempt has at hand: where things lie in memory, and the decoder's input.</summary>
internal sealed unsafe class Means : IDisposable
{
    private const int RoomBytes = 4096;

    private readonly List<nint> texts = [];

    public Means(int input)
    {
        Input = input;
        Room = Marshal.AllocHGlobal(RoomBytes);
        new Span<byte>((void*)Room, RoomBytes).Clear();
    }

    public int Input { get; }

    /// <summary>Zeroed memory.</summary>
    public nint Room { get; }

    public nint Text(string text)
    {
        var pointer = Marshal.StringToCoTaskMemUTF8(text);
        texts.Add(pointer);
        return pointer;
    }

    /// <summary>Zeroed memory that begins with these words.</summary>
    public nint Words(params ulong[] words)
    {
        words.CopyTo(new Span<ulong>((void*)Room, words.Length));
        return Room;
    }

    public void Dispose()
    {
        foreach (var text in texts) Marshal.FreeCoTaskMem(text);
        Marshal.FreeHGlobal(Room);
    }
}

/// <summary>
/// One thing a decoder must not be able to do, as a system call. <paramref name="Ordinary"/>: any process may do it, so that a refusal is the
/// sandbox's work.
/// </summary>
internal sealed record Attempt(string Name, int X64, int Arm64, Func<Means, nint[]> Arguments, bool Ordinary = false)
{
    public bool ExistsHere => Number >= 0;

    private int Number => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Arm64 : X64;

    /// <summary>Makes the call and gives 0, or the error number.</summary>
    public int Make(int input)
    {
        using var means = new Means(input);
        var arguments = new nint[6];
        Arguments(means).CopyTo(arguments, 0);
        var result = SandboxCalls.Call(Number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
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
    private const int NewUserNamespace = 0x10000000;
    private const int ChildSignal = 17;
    private const int X32 = 0x40000000;

    public static IReadOnlyList<Attempt> All { get; } =
    [
        new("open a file", 257, 56, m => [Here, m.Text("/etc/passwd")], Ordinary: true),
        new("open its environment", 257, 56, m => [Here, m.Text("/proc/self/environ")], Ordinary: true),
        new("open its memory", 257, 56, m => [Here, m.Text("/proc/self/mem"), 2]),
        new("open a relative name", 257, 56, m => [Here, m.Text(".")], Ordinary: true),
        new("open a name beside its input", 257, 56, m => [m.Input, m.Text("x")]),
        new("open the old way", 2, -1, m => [m.Text("/etc/passwd")], Ordinary: true),
        new("open the new way", 437, 437, m => [Here, m.Text("/etc/passwd"), m.Room, 24], Ordinary: true),
        new("open by handle", 304, 265, m => [Here, m.Room, 0]),
        new("look whether a file exists", 262, 79, m => [Here, m.Text("/etc/passwd"), m.Room, 0], Ordinary: true),
        new("list an open folder", 217, 61, m => [m.Input, m.Room, 4096]),
        new("create a file", 257, 56, m => [Here, m.Text("/tmp/fotograma-probe-made"), Create, 0x180]),
        new("create a nameless file", 319, 279, m => [m.Text("x"), 0], Ordinary: true),
        new("make a folder by path", 258, 34, m => [Here, m.Text("/tmp/fotograma-probe-folder"), 0x1C0]),
        new("remove a file", 263, 35, m => [Here, m.Text("/tmp/fotograma-probe-none")]),
        new("rename a file", 316, 276, m => [Here, m.Text("/tmp/fotograma-probe-none"), Here, m.Text("/tmp/x"), 0]),
        new("link a file", 266, 36, m => [m.Text("/etc"), Here, m.Text("/proc/fotograma-probe")]),
        new("change a file's rights", 268, 53, m => [Here, m.Text("/tmp/fotograma-probe-none"), 0]),
        new("write to its input", 1, 64, m => [m.Input, m.Room, 1]),
        new("write to its parent's pipe", 1, 64, m => [0, m.Room, 1]),
        new("write at a place of its input", 18, 68, m => [m.Input, m.Room, 1, 0]),
        new("cut its input off", 77, 46, m => [m.Input, 0]),
        new("copy between files", 326, 285, m => [m.Input, 0, 1, 0, 1, 0]),
        new("send a file", 40, 71, m => [1, m.Input, 0, 1], Ordinary: true),
        new("connect by TCP", 41, 198, _ => [2, 1, 0], Ordinary: true),
        new("connect by TCP over IPv6", 41, 198, _ => [10, 1, 0]),
        new("send by UDP", 41, 198, _ => [2, 2, 0], Ordinary: true),
        new("connect to a local socket", 41, 198, _ => [1, 1, 0], Ordinary: true),
        new("ask the kernel by netlink", 41, 198, _ => [16, 3, 0], Ordinary: true),
        new("connect what is open", 42, 203, m => [m.Input, m.Words(0x0100007F_3500_0002), 16]),
        new("make a pair of sockets", 53, 199, m => [1, 1, 0, m.Room], Ordinary: true),
        new("run a program", 59, 221, m => [m.Text("/bin/true"), m.Room, m.Room]),
        new("run a program by descriptor", 322, 281, m => [m.Input, m.Text(""), m.Room, m.Room, 0x1000]),
        new("fork", 57, -1, _ => []),
        new("fork and wait", 58, -1, _ => []),
        new("clone a process", 56, 220, _ => [ChildSignal]),
        new("clone a process that shares memory", 56, 220, _ => [0x100 | ChildSignal]),
        new("clone into a namespace", 56, 220, _ => [NewUserNamespace | ChildSignal]),
        new("clone the new way", 435, 435, m => [m.Words(0, 0, 0, 0, ChildSignal), 88]),
        new("leave its namespaces", 272, 97, _ => [NewUserNamespace]),
        new("join a namespace", 308, 268, m => [m.Input, 0]),
        new("trace", 101, 117, _ => [0]),
        new("read another process's memory", 310, 270, m => [Environment.ProcessId, m.Words((ulong)m.Room, 1), 1, m.Room, 1, 0]),
        new("write another process's memory", 311, 271, m => [Environment.ProcessId, m.Words((ulong)m.Room, 1), 1, m.Room, 1, 0]),
        new("signal its parent", 62, 129, _ => [1, 0]),
        new("signal itself from outside", 62, 129, _ => [Environment.ProcessId, 0], Ordinary: true),
        new("signal everybody", 62, 129, _ => [-1, 0]),
        new("signal a thread of another process", 234, 131, _ => [1, 1, 0]),
        new("signal a thread by its number", 200, 130, _ => [1, 0]),
        new("queue a signal", 129, 138, m => [1, 0, m.Room]),
        new("open a process", 434, 434, _ => [Environment.ProcessId, 0], Ordinary: true),
        new("take another process's descriptor", 438, 438, _ => [0, 0, 0]),
        new("map executable memory", 9, 222, _ => [0, 4096, ReadExecute, Anonymous, -1, 0], Ordinary: true),
        new("map shared memory", 9, 222, _ => [0, 4096, ReadWrite, SharedAnonymous, -1, 0], Ordinary: true),
        new("map a terabyte", 9, 222, _ => [0, HugeBytes, ReadWrite, Anonymous, -1, 0]),
        new("make memory executable", 10, 226, m => [m.Room & ~4095, 4096, ReadExecute | 2]),
        new("make memory executable with a key", 329, 288, m => [m.Room & ~4095, 4096, ReadExecute, -1]),
        new("read faults of memory", 323, 282, _ => [0]),
        new("lock memory", 149, 228, m => [m.Room, 1]),
        new("raise its limit of open files", 302, 261, m => [0, 7, m.Words(100, 100), 0]),
        new("raise its limit of memory", 302, 261, m => [0, 2, m.Words(ulong.MaxValue, ulong.MaxValue), 0]),
        new("raise its limits the old way", 160, 164, m => [7, m.Words(100, 100)]),
        new("change another process's limits", 302, 261, m => [1, 7, 0, m.Room]),
        new("let others read its memory", 157, 167, _ => [4, 1]),
        new("outlive its parent's signals", 157, 167, _ => [1, 0]),
        new("become privileged by securebits", 157, 167, _ => [28, 0]),
        new("become another user", 105, 146, _ => [0]),
        new("take capabilities", 126, 91, m => [m.Words(0x20080522), m.Room]),
        new("change its filter", 317, 277, m => [1, 0, m.Room]),
        new("mount", 165, 40, m => [m.Text("none"), m.Text("/tmp"), m.Text("tmpfs"), 0, 0]),
        new("mount the new way", 429, 429, m => [Here, 0, Here, 0, 0]),
        new("unmount", 166, 39, m => [m.Text("/fotograma-probe-none"), 0]),
        new("change its root", 161, 51, m => [m.Text("/")]),
        new("change its folder", 80, 49, m => [m.Text("/")], Ordinary: true),
        new("exchange the root", 155, 41, m => [m.Text("/"), m.Text("/")]),
        new("set up a ring of calls", 425, 425, m => [1, m.Room]),
        new("load a program into the kernel", 321, 280, m => [0, m.Room, 48]),
        new("watch performance", 298, 241, m => [m.Room, 0, -1, -1, 0]),
        new("read keys", 250, 219, _ => [0, -3, 0]),
        new("add a key", 248, 217, m => [m.Text("user"), m.Text("x"), m.Room, 1, -2]),
        new("load a module", 175, 105, m => [m.Room, 0, m.Text("")]),
        new("restart the machine", 169, 142, _ => [0, 0, 0, 0]),
        new("set the clock", 227, 112, m => [0, m.Room]),
        new("name the machine", 170, 161, m => [m.Text("x"), -1]),
        new("push characters into a terminal", 16, 29, m => [0, 0x5412, m.Room]),
        new("duplicate a descriptor", 32, 23, _ => [1], Ordinary: true),
        new("duplicate a descriptor by fcntl", 72, 25, _ => [1, 1030, 0], Ordinary: true),
        new("make a pipe", 293, 59, m => [m.Room, 0], Ordinary: true),
        new("wait for events", 291, 20, _ => [0], Ordinary: true),
        new("watch files", 294, 26, _ => [0], Ordinary: true),
        new("watch all files", 300, 262, _ => [0, 0]),
        new("share memory with others", 29, 194, _ => [0, 4096, 0x380]),
        new("send messages to others", 68, 186, _ => [0, 0x380]),
        new("change its personality", 135, 92, _ => [0x0040000]),
        new("reach the machine's ports", 172, -1, _ => [3]),
        new("call by the x32 convention", X32 | 39, -1, _ => []),
        new("make a call that does not exist", 1000, 1000, _ => []),
    ];
}
