using Fotograma.Kernel.Hosting;
using Fotograma.Worker.Claiming;

namespace Fotograma.Worker.Tests.Claiming;

/// <summary>Under whose name a worker holds jobs.</summary>
public sealed class WorkerIdentityTests : IDisposable
{
    private const string Boot = "7c2d5b1e-9f0a-4a55-8f43-0b1c52a3d111";
    private readonly string folder = Directory.CreateTempSubdirectory("fotograma-identity").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_worker_that_follows_a_dead_one_on_the_same_folder_has_its_name()
    {
        using var first = Start(Boot);
        first.HasEarlierLife.ShouldBeFalse();
        first.Dispose();

        using var second = Start(Boot);

        second.Name.ShouldBe(first.Name);
        second.HasEarlierLife.ShouldBeTrue();
    }

    [Fact]
    public void A_worker_beside_a_living_one_has_a_name_of_its_own()
    {
        using var first = Start(Boot);

        using var second = Start(Boot);

        second.Name.ShouldNotBe(first.Name);
        second.HasEarlierLife.ShouldBeFalse();
    }

    [Theory]
    [InlineData("another boot, or another machine")]
    [InlineData("")]
    public void A_name_of_another_boot_is_left_to_whoever_may_live_under_it(string other)
    {
        using var first = Start(other);
        first.Dispose();

        using (var second = Start(Boot))
        {
            second.Name.ShouldNotBe(first.Name);
            second.HasEarlierLife.ShouldBeFalse();
        }

        using var third = Start(Boot);
        third.HasEarlierLife.ShouldBeTrue();
        third.Dispose();
        File.ReadAllLines(Path.Combine(folder, "worker.id")).ShouldBe([third.Name, Boot]);
    }

    [Fact]
    public void A_file_of_a_version_that_wrote_a_name_alone_is_replaced()
    {
        File.WriteAllText(Path.Combine(folder, "worker.id"), "somebody-0190a5c8");

        using var worker = Start(Boot);

        worker.Name.ShouldNotBe("somebody-0190a5c8");
        worker.HasEarlierLife.ShouldBeFalse();
    }

    private WorkerIdentity Start(string boot) => new(new DataOptions { Folder = folder }, new Ids(TimeProvider.System), boot);
}
