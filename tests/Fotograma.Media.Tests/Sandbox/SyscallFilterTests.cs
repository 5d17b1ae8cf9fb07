using Fotograma.Media.Sandbox;

namespace Fotograma.Media.Tests.Sandbox;

/// <summary>The filter as the kernel would run it, for both kinds of machine.</summary>
public sealed class SyscallFilterTests
{
    private const int Process = 4711;
    private const uint Allowed = 0x7FFF0000;
    private const uint Killed = 0x80000000;
    private const uint Refused = 0x00050001;
    private const ulong Thread = 0x3D0F00;

    public static TheoryData<string> Machines => ["x64", "arm64"];

    [Theory, MemberData(nameof(Machines))]
    public void Calls_of_a_decoder_are_allowed(string machine)
    {
        Ask(machine, Syscall.PRead, 4).ShouldBe(Allowed);
        Ask(machine, Syscall.Futex).ShouldBe(Allowed);
        Ask(machine, Syscall.Write, 1).ShouldBe(Allowed);
        Ask(machine, Syscall.Write, 2).ShouldBe(Allowed);
        Ask(machine, Syscall.MMap, 0, 4096, 3, 0x22).ShouldBe(Allowed);
        Ask(machine, Syscall.Clone, Thread).ShouldBe(Allowed);
        Ask(machine, Syscall.TgKill, Process, 5, 6).ShouldBe(Allowed);
        Ask(machine, Syscall.PrLimit, 0, 3, 0, 0x7FFF12345678).ShouldBe(Allowed);
        Ask(machine, Syscall.ExitGroup).ShouldBe(Allowed);
    }

    [Theory, MemberData(nameof(Machines))]
    public void Arguments_make_the_difference(string machine)
    {
        Ask(machine, Syscall.Write, 3).ShouldBe(Refused);
        Ask(machine, Syscall.MMap, 0, 4096, 7, 0x22).ShouldBe(Refused);
        Ask(machine, Syscall.MMap, 0, 4096, 3, 0x21).ShouldBe(Refused);
        Ask(machine, Syscall.MMap, 0, 4096, 3, 0x122).ShouldBe(Refused);
        Ask(machine, Syscall.MMap, 0, 4096, 3 | (1UL << 32), 0x22).ShouldBe(Refused);
        Ask(machine, Syscall.MProtect, 0, 4096, 5).ShouldBe(Refused);
        Ask(machine, Syscall.Clone, 17).ShouldBe(Killed);
        Ask(machine, Syscall.Clone, Thread & ~0x10000UL).ShouldBe(Killed);
        Ask(machine, Syscall.Clone, Thread | 0x10000000).ShouldBe(Killed);
        Ask(machine, Syscall.Clone3).ShouldBe(0x00050000u | 38);
        Ask(machine, Syscall.TgKill, Process + 1, 5, 6).ShouldBe(Killed);
        Ask(machine, Syscall.PrLimit, 0, 3, 1UL << 40).ShouldBe(Refused);
        Ask(machine, Syscall.PrLimit, 1, 3, 0).ShouldBe(Refused);
        Ask(machine, Syscall.PrCtl, 4).ShouldBe(Refused);
        Ask(machine, Syscall.OpenAt).ShouldBe(Refused);
    }

    [Theory, MemberData(nameof(Machines))]
    public void Every_other_call_ends_the_process(string machine)
    {
        var table = Table(machine);
        var known = Enum.GetValues<Syscall>().Select(table.Find).ToHashSet();
        for (var number = 0; number < 600; number++)
        {
            if (!known.Contains(number)) Run(table, table.Architecture, number, []).ShouldBe(Killed, $"call {number}");
        }
    }

    [Fact]
    public void Other_conventions_of_the_machine_end_the_process()
    {
        Run(SyscallTable.X64, SyscallTable.X64.Architecture, 0x40000000, []).ShouldBe(Killed);
        Run(SyscallTable.X64, 0x40000003, 3, []).ShouldBe(Killed); // i386
        Run(SyscallTable.Arm64, 0x40000028, 3, []).ShouldBe(Killed); // 32-bit arm
        Run(SyscallTable.X64, SyscallTable.Arm64.Architecture, 1, [1]).ShouldBe(Killed);
    }

    private static SyscallTable Table(string machine) => machine == "x64" ? SyscallTable.X64 : SyscallTable.Arm64;

    private static uint Ask(string machine, Syscall call, params ulong[] arguments) =>
        Run(Table(machine), Table(machine).Architecture, Table(machine)[call], arguments);

    private static uint Run(SyscallTable table, uint architecture, int number, ulong[] arguments)
    {
        var program = SyscallFilter.Compile(table, Process);
        program.Length.ShouldBeLessThan(4096);
        var (accumulator, at) = (0u, 0);
        while (true)
        {
            var step = program[at++];
            switch (step.Code)
            {
                case 0x20: accumulator = Load(step.Value); break;
                case 0x54: accumulator &= step.Value; break;
                case 0x15: at += accumulator == step.Value ? step.JumpIfTrue : step.JumpIfFalse; break;
                case 0x35: at += accumulator >= step.Value ? step.JumpIfTrue : step.JumpIfFalse; break;
                case 0x06: return step.Value;
                default: throw new InvalidOperationException($"Instruction {step}.");
            }
        }

        uint Load(uint offset) => offset switch
        {
            0 => (uint)number,
            4 => architecture,
            _ => (uint)(arguments.ElementAtOrDefault((int)(offset - 16) / 8) >> ((offset - 16) % 8 == 4 ? 32 : 0)),
        };
    }
}
