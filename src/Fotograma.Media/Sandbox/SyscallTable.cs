using System.Runtime.InteropServices;

namespace Fotograma.Media.Sandbox;

/// <summary>
/// The system calls of one kind of machine. The numbers are those of the kernel's <c>syscall_64.tbl</c> (x86-64) and
/// <c>asm-generic/unistd.h</c> (arm64); a call that a machine does not have has no number.
/// </summary>
internal sealed class SyscallTable
{
    private const uint X64Architecture = 0xC000003E;
    private const uint Arm64Architecture = 0xC00000B7;

    // Name, number on x86-64, number on arm64; -1 where there is no such call.
    private static readonly (Syscall Call, int X64, int Arm64)[] Numbers =
    [
        (Syscall.Read, 0, 63), (Syscall.Write, 1, 64), (Syscall.Open, 2, -1), (Syscall.Close, 3, 57), (Syscall.Stat, 4, -1), (Syscall.FStat, 5, 80),
        (Syscall.LStat, 6, -1), (Syscall.Poll, 7, -1), (Syscall.LSeek, 8, 62), (Syscall.MMap, 9, 222), (Syscall.MProtect, 10, 226),
        (Syscall.MUnmap, 11, 215), (Syscall.Brk, 12, 214), (Syscall.SigAction, 13, 134), (Syscall.SigProcMask, 14, 135), (Syscall.SigReturn, 15, 139),
        (Syscall.IoCtl, 16, 29), (Syscall.PRead, 17, 67), (Syscall.WriteV, 20, 66), (Syscall.Access, 21, -1), (Syscall.SchedYield, 24, 124),
        (Syscall.MRemap, 25, 216), (Syscall.MAdvise, 28, 233), (Syscall.NanoSleep, 35, 101), (Syscall.GetPid, 39, 172), (Syscall.Clone, 56, 220),
        (Syscall.Exit, 60, 93), (Syscall.UName, 63, 160), (Syscall.FCntl, 72, 25), (Syscall.FLock, 73, 32), (Syscall.GetCwd, 79, 17),
        (Syscall.ReadLink, 89, -1), (Syscall.GetTimeOfDay, 96, 169), (Syscall.GetRLimit, 97, 163), (Syscall.GetRUsage, 98, 165),
        (Syscall.SysInfo, 99, 179), (Syscall.GetUid, 102, 174), (Syscall.GetGid, 104, 176), (Syscall.GetEUid, 107, 175), (Syscall.GetEGid, 108, 177),
        (Syscall.CapSet, 126, 91), (Syscall.SigAltStack, 131, 132), (Syscall.StatFs, 137, 43), (Syscall.GetPriority, 140, 141),
        (Syscall.SetPriority, 141, 140), (Syscall.SchedGetParam, 143, 121), (Syscall.SchedSetScheduler, 144, 119),
        (Syscall.SchedGetScheduler, 145, 120), (Syscall.MLock, 149, 228), (Syscall.MUnlock, 150, 229), (Syscall.PrCtl, 157, 167),
        (Syscall.GetTid, 186, 178), (Syscall.Time, 201, -1), (Syscall.Futex, 202, 98), (Syscall.SchedSetAffinity, 203, 122),
        (Syscall.SchedGetAffinity, 204, 123), (Syscall.RestartSyscall, 219, 128), (Syscall.FAdvise, 221, 223), (Syscall.ClockGetTime, 228, 113),
        (Syscall.ClockGetRes, 229, 114), (Syscall.ClockNanoSleep, 230, 115), (Syscall.ExitGroup, 231, 94), (Syscall.TgKill, 234, 131),
        (Syscall.MBind, 237, 235), (Syscall.SetMemPolicy, 238, 237), (Syscall.GetMemPolicy, 239, 236), (Syscall.OpenAt, 257, 56),
        (Syscall.NewFStatAt, 262, 79), (Syscall.ReadLinkAt, 267, 78), (Syscall.FAccessAt, 269, 48), (Syscall.PPoll, 271, 73),
        (Syscall.SetRobustList, 273, 99), (Syscall.PrLimit, 302, 261), (Syscall.GetCpu, 309, 168), (Syscall.Seccomp, 317, 277),
        (Syscall.GetRandom, 318, 278), (Syscall.MemBarrier, 324, 283), (Syscall.StatX, 332, 291), (Syscall.RSeq, 334, 293),
        (Syscall.Clone3, 435, 435), (Syscall.CloseRange, 436, 436), (Syscall.OpenAt2, 437, 437), (Syscall.FAccessAt2, 439, 439),
        (Syscall.LandlockCreateRuleset, 444, 444), (Syscall.LandlockAddRule, 445, 445), (Syscall.LandlockRestrictSelf, 446, 446),
        (Syscall.FutexWaitV, 449, 449), (Syscall.FutexWake, 454, 454), (Syscall.FutexWait, 455, 455), (Syscall.FutexRequeue, 456, 456),
    ];

    private readonly Dictionary<Syscall, int> numbers;

    private SyscallTable(uint architecture, uint foreignCallsFrom, Func<(Syscall Call, int X64, int Arm64), int> column)
    {
        (Architecture, ForeignCallsFrom) = (architecture, foreignCallsFrom);
        numbers = Numbers.Where(row => column(row) >= 0).ToDictionary(row => row.Call, column);
    }

    public static SyscallTable X64 { get; } = new(X64Architecture, 0x40000000, row => row.X64);

    public static SyscallTable Arm64 { get; } = new(Arm64Architecture, uint.MaxValue, row => row.Arm64);

    /// <summary>The table of this machine; null when it is not a known one.</summary>
    public static SyscallTable? Own => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => X64,
        System.Runtime.InteropServices.Architecture.Arm64 => Arm64,
        _ => null,
    };

    /// <summary>What the kernel calls this machine in <c>seccomp_data.arch</c>.</summary>
    public uint Architecture { get; }

    /// <summary>From this number on, calls belong to another convention of the same machine (x32 on x86-64).</summary>
    public uint ForeignCallsFrom { get; }

    /// <summary>A call's number; null where the machine does not have it.</summary>
    public int? Find(Syscall call) => numbers.TryGetValue(call, out var number) ? number : null;

    /// <summary>A call's number.</summary>
    public int this[Syscall call] => numbers[call];
}

/// <summary>System calls the sandbox knows by name. All others end the process.</summary>
internal enum Syscall
{
    Read, Write, Open, Close, Stat, FStat, LStat, Poll, LSeek, MMap, MProtect, MUnmap, Brk, SigAction, SigProcMask, SigReturn, IoCtl, PRead, WriteV,
    Access, SchedYield, MRemap, MAdvise, NanoSleep, GetPid, Clone, Exit, UName, FCntl, FLock, GetCwd, ReadLink, GetTimeOfDay, GetRLimit, GetRUsage,
    SysInfo, GetUid, GetGid, GetEUid, GetEGid, CapSet, SigAltStack, StatFs, GetPriority, SetPriority, SchedGetParam, SchedSetScheduler,
    SchedGetScheduler, MLock, MUnlock, PrCtl, GetTid, Time, Futex, SchedSetAffinity, SchedGetAffinity, RestartSyscall, FAdvise, ClockGetTime,
    ClockGetRes, ClockNanoSleep, ExitGroup, TgKill, MBind, SetMemPolicy, GetMemPolicy, OpenAt, NewFStatAt, ReadLinkAt, FAccessAt, PPoll,
    SetRobustList, PrLimit, GetCpu, Seccomp, GetRandom, MemBarrier, StatX, RSeq, Clone3, CloseRange, OpenAt2, FAccessAt2, LandlockCreateRuleset,
    LandlockAddRule, LandlockRestrictSelf, FutexWaitV, FutexWake, FutexWait, FutexRequeue,
}
