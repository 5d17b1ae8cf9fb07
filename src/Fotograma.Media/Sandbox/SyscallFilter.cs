namespace Fotograma.Media.Sandbox;

/// <summary>
/// The system calls a decoder may make once its input and its libraries are open: read the input, write its answer, take and give back
/// memory, run threads, tell the time, end. A named few fail with EPERM, because libraries try them and do without; every other call ends
/// the process.
/// </summary>
internal static class SyscallFilter
{
    private const int NotPermitted = 1;
    private const int NoSuchCall = 38;

    private const uint ProtectExecute = 4;
    private const uint MapShared = 1;
    // What grows like a stack the kernel does not count as data, so that no limit would hold it (setrlimit(2), RLIMIT_DATA).
    private const uint MapGrowsDown = 0x100;
    private const uint StandardOutput = 1;
    private const uint StandardError = 2;
    private const uint GetDescriptorFlags = 1;
    private const uint GetStatusFlags = 3;
    private const uint SetThreadName = 15;
    private const uint GetThreadName = 16;

    // What makes a clone a thread of this process and nothing else.
    private const uint CloneMemory = 0x100;
    private const uint CloneSignalHandlers = 0x800;
    private const uint CloneThread = 0x10000;
    private const uint CloneTraced = 0x2000;
    private const uint CloneSuspended = 0x4000;
    private const uint CloneNewNamespaces = 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000 | 0x00020000 | 0x80;

    // The most frequent ones come first; the kernel remembers the answer for those that need no look at their arguments.
    private static readonly Syscall[] Allowed =
    [
        Syscall.Futex, Syscall.PRead, Syscall.Read, Syscall.SchedYield, Syscall.MUnmap, Syscall.MAdvise, Syscall.MRemap, Syscall.Brk,
        Syscall.ClockGetTime, Syscall.ClockNanoSleep, Syscall.NanoSleep, Syscall.LSeek, Syscall.Close, Syscall.FStat, Syscall.Poll, Syscall.PPoll,
        Syscall.SigAction, Syscall.SigProcMask, Syscall.SigReturn, Syscall.SigAltStack, Syscall.RestartSyscall, Syscall.MemBarrier,
        Syscall.SetRobustList, Syscall.RSeq, Syscall.GetTid, Syscall.GetPid, Syscall.GetUid, Syscall.GetEUid, Syscall.GetGid, Syscall.GetEGid,
        Syscall.SchedGetAffinity, Syscall.GetCpu, Syscall.GetRandom, Syscall.GetRUsage, Syscall.GetRLimit, Syscall.SysInfo, Syscall.ClockGetRes,
        Syscall.GetTimeOfDay, Syscall.Time, Syscall.FutexWaitV, Syscall.FutexWake, Syscall.FutexWait, Syscall.FutexRequeue, Syscall.Exit,
        Syscall.ExitGroup,
    ];

    private static readonly Syscall[] Refused =
    [
        Syscall.Open, Syscall.OpenAt, Syscall.OpenAt2, Syscall.Access, Syscall.FAccessAt, Syscall.FAccessAt2, Syscall.Stat, Syscall.LStat,
        Syscall.NewFStatAt, Syscall.StatX, Syscall.StatFs, Syscall.ReadLink, Syscall.ReadLinkAt, Syscall.GetCwd, Syscall.UName, Syscall.IoCtl,
        Syscall.FLock, Syscall.FAdvise, Syscall.MLock, Syscall.MUnlock, Syscall.MBind, Syscall.SetMemPolicy, Syscall.GetMemPolicy,
        Syscall.GetPriority, Syscall.SetPriority, Syscall.SchedSetAffinity, Syscall.SchedGetParam, Syscall.SchedGetScheduler,
        Syscall.SchedSetScheduler,
    ];

    /// <summary>Writes the filter for the process <paramref name="processId"/> on a machine with <paramref name="table"/>.</summary>
    public static BpfInstruction[] Compile(SyscallTable table, int processId)
    {
        var program = new BpfProgram().Head(table);
        var refused = FilterAnswer.Error(NotPermitted);
        foreach (var call in Allowed) Answer(call, FilterAnswer.Allow, refused);
        Answer(Syscall.MMap, FilterAnswer.Allow, refused, ArgumentRule.Bits(2, ProtectExecute, 0), ArgumentRule.Bits(3, MapShared | MapGrowsDown, 0));
        Answer(Syscall.MProtect, FilterAnswer.Allow, refused, ArgumentRule.Bits(2, ProtectExecute, 0));
        Answer(Syscall.Write, FilterAnswer.Allow, refused, ArgumentRule.Is(0, StandardOutput, StandardError));
        Answer(Syscall.WriteV, FilterAnswer.Allow, refused, ArgumentRule.Is(0, StandardOutput, StandardError));
        // The flags of clone3 lie in memory, where a filter cannot look. The C library takes the older call when there is no newer one.
        Answer(Syscall.Clone3, FilterAnswer.Error(NoSuchCall), refused);
        const uint Thread = CloneMemory | CloneSignalHandlers | CloneThread;
        Answer(Syscall.Clone, FilterAnswer.Allow, FilterAnswer.Kill, ArgumentRule.Bits(0, Thread | CloneTraced | CloneSuspended | CloneNewNamespaces, Thread));
        Answer(Syscall.TgKill, FilterAnswer.Allow, FilterAnswer.Kill, ArgumentRule.Is(0, (uint)processId));
        Answer(Syscall.FCntl, FilterAnswer.Allow, refused, ArgumentRule.Is(1, GetDescriptorFlags, GetStatusFlags));
        Answer(Syscall.PrCtl, FilterAnswer.Allow, refused, ArgumentRule.Is(0, SetThreadName, GetThreadName));
        Answer(Syscall.PrLimit, FilterAnswer.Allow, refused, ArgumentRule.Is(0, 0), ArgumentRule.Null(2));
        foreach (var call in Refused) Answer(call, refused, refused);
        return program.Answer(FilterAnswer.Kill).ToArray();

        void Answer(Syscall call, FilterAnswer answer, FilterAnswer otherwise, params ArgumentRule[] rules)
        {
            if (table.Find(call) is { } number) program.Call(number, answer, otherwise, rules);
        }
    }
}
