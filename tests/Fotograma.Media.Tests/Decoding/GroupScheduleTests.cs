using Fotograma.Media.Decoding;

namespace Fotograma.Media.Tests.Decoding;

public sealed class GroupScheduleTests
{
    [Theory]
    // One wanted picture in each group, or two, each as far from its key frame: nobody waits.
    [InlineData(100, 1, 2, true, 2)]
    [InlineData(85, 1, 2, false, 2)]
    [InlineData(30, 2, 2, false, 2)]
    [InlineData(64, 2, 8, false, 8)]
    // Half of each group is there when its turn comes.
    [InlineData(10, 4, 2, false, 2)]
    // Groups of 250 pictures, one a second: a worker is ahead by two of eight.
    [InlineData(4, 8, 2, false, 1)]
    [InlineData(40, 8, 2, true, 2)]
    [InlineData(40, 8, 8, true, 1)]
    [InlineData(10, 40, 8, true, 1)]
    [InlineData(1, 5, 4, true, 1)]
    [InlineData(0, 0, 4, true, 0)]
    [InlineData(4, 8, 1, false, 1)]
    // Fewer groups than cores: each has several threads, and none spares anything.
    [InlineData(3, 1, 8, true, 3)]
    [InlineData(3, 2, 8, false, 3)]
    [InlineData(3, 30, 8, true, 1)]
    public void Groups_are_decoded_side_by_side_where_that_is_faster(int groups, int targets, int cores, bool spares, int workers) =>
        GroupSchedule.WorkersFor(Even(groups, targets), cores, spares).ShouldBe(workers);

    [Fact]
    public void Groups_that_differ_much_make_workers_wait_for_each_other()
    {
        // One picture every ten seconds of groups of 250 pictures, thirty a second.
        IReadOnlyList<IReadOnlyList<long>> groups = [.. Enumerable.Range(0, 60).Select(number => (IReadOnlyList<long>)[(number * 300 % 250) + 1])];
        GroupSchedule.SpeedOf(groups, 2).ShouldBe(1.67, 0.01);
        GroupSchedule.WorkersFor(groups, 2, spares: false).ShouldBe(1);
        GroupSchedule.WorkersFor(groups, 2, spares: true).ShouldBe(2);
    }

    [Fact]
    public void Nobody_is_faster_than_its_cores() => GroupSchedule.SpeedOf(Even(1000, 1), 4).ShouldBe(4, 0.01);

    [Theory]
    [InlineData(1, 8, 8)]
    [InlineData(2, 8, 4)]
    [InlineData(3, 8, 3)]
    [InlineData(8, 8, 1)]
    [InlineData(1, 1, 1)]
    public void No_core_is_left_without_a_thread(int workers, int cores, int threads) => GroupSchedule.ThreadsFor(workers, cores).ShouldBe(threads);

    private static IReadOnlyList<IReadOnlyList<long>> Even(int groups, int targets) => [.. Enumerable.Repeat<IReadOnlyList<long>>([.. Enumerable.Repeat(30L, targets)], groups)];
}
