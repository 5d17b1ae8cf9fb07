using System.Runtime.InteropServices;

namespace Fotograma.Media.Sandbox;

/// <summary>One instruction of classic BPF, as the kernel lays it out (<c>struct sock_filter</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BpfInstruction(ushort Code, byte JumpIfTrue, byte JumpIfFalse, uint Value);

/// <summary>What a filter answers to a system call (<c>SECCOMP_RET_*</c>).</summary>
internal readonly record struct FilterAnswer(uint Value)
{
    /// <summary>The call is made.</summary>
    public static readonly FilterAnswer Allow = new(0x7FFF0000);

    /// <summary>The whole process ends with SIGSYS.</summary>
    public static readonly FilterAnswer Kill = new(0x80000000);

    /// <summary>The call is not made and fails with this error number.</summary>
    public static FilterAnswer Error(int number) => new(0x00050000 | (uint)number);
}

/// <summary>
/// A condition on one argument of a call: after <paramref name="Mask"/> it must be one of <paramref name="Values"/>. Arguments are 64 bits
/// wide; those for which the kernel looks at 32 only (<c>int</c>) are compared in their lower half, as the kernel does.
/// </summary>
internal sealed record ArgumentRule(int Argument, uint Mask, bool Wide, params uint[] Values)
{
    /// <summary>An <c>int</c> that is one of <paramref name="values"/>.</summary>
    public static ArgumentRule Is(int argument, params uint[] values) => new(argument, uint.MaxValue, false, values);

    /// <summary>An argument of which the bits of <paramref name="mask"/> are <paramref name="value"/>, and all upper 32 bits zero.</summary>
    public static ArgumentRule Bits(int argument, uint mask, uint value) => new(argument, mask, true, value);

    /// <summary>A pointer that is null.</summary>
    public static ArgumentRule Null(int argument) => new(argument, uint.MaxValue, true, 0);
}

/// <summary>
/// Writes a filter of system calls in the kernel's language (<c>Documentation/userspace-api/seccomp_filter.rst</c>; the instruction set is that of
/// <c>linux/bpf_common.h</c>). A rule that does not concern a call falls through to the next one.
/// </summary>
internal sealed class BpfProgram
{
    private const ushort LoadWord = 0x20;
    private const ushort And = 0x54;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfAtLeast = 0x35;
    private const ushort Return = 0x06;

    // struct seccomp_data { int nr; __u32 arch; __u64 instruction_pointer; __u64 args[6]; }, on little-endian machines.
    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint ArgumentsOffset = 16;

    private readonly List<BpfInstruction> instructions = [];

    /// <summary>The program so far.</summary>
    public BpfInstruction[] ToArray() => [.. instructions];

    /// <summary>Ends calls of another machine's convention, and leaves the call's number in the accumulator.</summary>
    public BpfProgram Head(SyscallTable table)
    {
        Add(LoadWord, ArchitectureOffset);
        Add(JumpIfEqual, table.Architecture, 1, 0);
        Answer(FilterAnswer.Kill);
        Add(LoadWord, NumberOffset);
        Add(JumpIfAtLeast, table.ForeignCallsFrom, 0, 1);
        return Answer(FilterAnswer.Kill);
    }

    /// <summary>Answers call <paramref name="number"/>: <paramref name="answer"/> if all rules hold, <paramref name="otherwise"/> if not.</summary>
    public BpfProgram Call(int number, FilterAnswer answer, FilterAnswer otherwise, params ArgumentRule[] rules)
    {
        var body = new BpfProgram();
        foreach (var rule in rules) body.Check(rule, otherwise);
        body.Answer(answer);
        Add(JumpIfEqual, (uint)number, 0, checked((byte)body.instructions.Count));
        instructions.AddRange(body.instructions);
        return this;
    }

    /// <summary>Answers whatever comes to this point.</summary>
    public BpfProgram Answer(FilterAnswer answer) => Add(Return, answer.Value);

    private void Check(ArgumentRule rule, FilterAnswer otherwise)
    {
        var offset = ArgumentsOffset + 8 * (uint)rule.Argument;
        if (rule.Wide)
        {
            Add(LoadWord, offset + 4);
            Add(JumpIfEqual, 0, 1, 0);
            Answer(otherwise);
        }

        Add(LoadWord, offset);
        if (rule.Mask != uint.MaxValue) Add(And, rule.Mask);
        for (var i = 0; i < rule.Values.Length; i++) Add(JumpIfEqual, rule.Values[i], (byte)(rule.Values.Length - i), 0);
        Answer(otherwise);
    }

    private BpfProgram Add(ushort code, uint value, byte jumpIfTrue = 0, byte jumpIfFalse = 0)
    {
        instructions.Add(new BpfInstruction(code, jumpIfTrue, jumpIfFalse, value));
        return this;
    }
}
