using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Sandbox;

namespace Fotograma.Media.Tests.Sandbox;

/// <summary>What the parent makes of the kernel's words, also of those that are said in a container.</summary>
public sealed class ConfinementWitnessTests
{
    private static readonly ConfinementProof Confined = new(Seccomp: 2, NoNewPrivs: 1, CapEff: 0, LandlockAbi: 0, Filters: 1);
    private static readonly ConfinementProof Said = Confined with { LandlockAbi = 7 };
    private static readonly ConfinementProof Free = new(Seccomp: 0, NoNewPrivs: 0, CapEff: 0x1FFFFFFFFFF, LandlockAbi: 0, Filters: 0);

    [Fact]
    public void A_filter_that_its_starter_does_not_have_is_a_decoders_own()
    {
        Check(Said, Confined, Free);
        Check(Said, Confined with { Filters = 3 }, Confined with { Filters = 2 });
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    public void The_filter_of_a_container_is_not_a_decoders_own(int decoders, int starters) =>
        Refusal(Said, Confined with { Filters = decoders }, Confined with { Filters = starters }).ShouldStartWith("The kernel says of thread 7");

    [Fact]
    public void Where_the_kernel_does_not_count_filters_only_a_starter_without_any_is_good_enough()
    {
        Check(Said, Confined with { Filters = null }, Free with { Filters = null });
        Refusal(Said, Confined with { Filters = null }, Confined with { Filters = null }).ShouldStartWith("The kernel says of thread 7");
    }

    [Fact]
    public void One_thread_without_a_filter_of_its_own_is_enough_to_refuse()
    {
        var container = Confined with { Filters = 1 };
        var threads = new[] { ("5", Confined with { Filters = 2 }), ("6", container) };

        Should.Throw<MediaException>(() => ConfinementWitness.Check(Said, threads, container, SandboxMode.Required)).Detail.ShouldStartWith("The kernel says of thread 6");
    }

    [Fact]
    public void Landlock_must_be_there_where_everything_is_required_and_may_be_missing_where_not()
    {
        Refusal(Said with { LandlockAbi = 0 }, Confined, Free).ShouldStartWith("It says that it has no Landlock");
        Refusal(Said with { LandlockAbi = -1 }, Confined, Free).ShouldStartWith("It says that it has no Landlock");
        Check(Said with { LandlockAbi = 0 }, Confined, Free, SandboxMode.Seccomp);
    }

    [Fact]
    public void Filters_are_read_where_the_kernel_counts_them()
    {
        const string Status = "Name:\tx\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n";

        ConfinementProof.Parse(Status).ShouldBe(Confined with { Filters = null });
        ConfinementProof.Parse(Status + "Seccomp_filters:\t3\n").ShouldBe(Confined with { Filters = 3 });
    }

    private static void Check(ConfinementProof said, ConfinementProof thread, ConfinementProof starter, SandboxMode mode = SandboxMode.Required) =>
        ConfinementWitness.Check(said, [("7", thread)], starter, mode);

    private static string Refusal(ConfinementProof said, ConfinementProof thread, ConfinementProof starter)
    {
        var refusal = Should.Throw<MediaException>(() => Check(said, thread, starter));
        refusal.Fault.ShouldBe(MediaFault.NotConfined);
        return refusal.Detail;
    }
}
