using Fotograma.Media.Decoding;

namespace Fotograma.Media.Tests.Decoding;

public sealed class GroupScheduleTests
{
    private static readonly PictureRoom Ample = new(1_000_000, 8);

    [Theory]
    // One wanted picture in each group, or two, each as far from its key frame: nobody waits.
    [InlineData(100, 1, 2, true, 2, 1)]
    [InlineData(85, 1, 2, false, 2, 1)]
    [InlineData(30, 2, 2, false, 2, 1)]
    [InlineData(64, 2, 8, false, 8, 1)]
    // Half of each group is there when its turn comes.
    [InlineData(40, 4, 2, false, 2, 1)]
    // Many in each group: a worker is ahead by two of eight.
    [InlineData(4, 8, 2, false, 1, 2)]
    [InlineData(40, 8, 2, true, 2, 1)]
    [InlineData(10, 40, 8, true, 1, 8)]
    [InlineData(1, 5, 4, true, 1, 4)]
    [InlineData(0, 0, 4, true, 0, 1)]
    [InlineData(4, 8, 1, false, 1, 1)]
    // Fewer groups than cores: each has several threads, and none spares anything.
    [InlineData(3, 1, 8, true, 3, 3)]
    [InlineData(3, 30, 8, true, 1, 8)]
    // More threads than cores do not make up for what is spared with one thread each.
    [InlineData(7, 1, 8, true, 7, 1)]
    public void Groups_are_decoded_side_by_side_where_that_is_faster(int groups, int targets, int cores, bool spares, int workers, int threads) =>
        GroupSchedule.CrewFor(Even(groups, targets), cores, spares, hasThreads: true, Ample).ShouldBe(new Crew(workers, threads));

    [Theory]
    [InlineData(2, true)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    [InlineData(8, true)]
    [InlineData(8, false)]
    public void Groups_of_one_packet_are_decoded_side_by_side_because_no_thread_can_help(int cores, bool spares)
    {
        for (var groups = 1; groups <= 41; groups++)
            GroupSchedule.CrewFor(Even(groups, 1, cost: 1), cores, spares, hasThreads: true, Ample).ShouldBe(new Crew(Math.Min(cores, groups), 1), $"{groups} groups");
    }

    [Fact]
    public void Decoder_without_threads_is_given_one() => GroupSchedule.CrewFor(Even(3, 30), 8, spares: false, hasThreads: false, Ample).ShouldBe(new Crew(3, 1));

    [Fact]
    public void Groups_that_differ_much_make_workers_wait_for_each_other()
    {
        // One picture every ten seconds of groups of 250 pictures, thirty a second.
        IReadOnlyList<IReadOnlyList<long>> groups = [.. Enumerable.Range(0, 60).Select(number => (IReadOnlyList<long>)[(number * 300 % 250) + 1])];
        var alone = GroupSchedule.TimeOf(groups, new Crew(1, 1), 2, spares: false);
        (alone / GroupSchedule.TimeOf(groups, new Crew(2, 1), 2, spares: false)).ShouldBe(1.67, 0.01);
        GroupSchedule.CrewFor(groups, 2, spares: false, hasThreads: true, Ample).ShouldBe(new Crew(1, 2));
        GroupSchedule.CrewFor(groups, 2, spares: true, hasThreads: true, Ample).ShouldBe(new Crew(2, 1));
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(3, 3)]
    public void Nobody_is_faster_than_its_cores(int workers, int threads)
    {
        var groups = Even(1000, 2);
        GroupSchedule.TimeOf(groups, new Crew(workers, threads), 4, spares: false).ShouldBeGreaterThanOrEqualTo(GroupSchedule.TimeOf(groups, new Crew(1, 1), 1, spares: false) / 4);
    }

    [Fact]
    public void A_plan_of_very_many_groups_is_gone_through_at_once()
    {
        var groups = Even(200_000, 1, cost: 1);
        GroupSchedule.CrewFor(groups, 8, spares: false, hasThreads: true, Ample).ShouldBe(new Crew(8, 1));
    }

    [Theory]
    // Pictures there is room for, and what becomes of eight decoders side by side, or of one with eight threads.
    [InlineData(72, 8, 1, 1, 8)]
    [InlineData(71, 7, 1, 1, 8)]
    [InlineData(18, 2, 1, 1, 8)]
    [InlineData(17, 1, 1, 1, 8)]
    [InlineData(11, 1, 1, 1, 3)]
    [InlineData(3, 1, 1, 1, 1)]
    public void There_are_no_more_decoders_or_threads_than_there_is_memory_for(long pictures, int workers, int threads, int workersOfLong, int threadsOfLong)
    {
        var room = new PictureRoom(pictures, 8);
        GroupSchedule.CrewFor(Even(64, 1, cost: 1), 8, spares: false, hasThreads: true, room).ShouldBe(new Crew(workers, threads));
        GroupSchedule.CrewFor(Even(10, 40), 8, spares: true, hasThreads: true, room).ShouldBe(new Crew(workersOfLong, threadsOfLong));
    }

    private static IReadOnlyList<IReadOnlyList<long>> Even(int groups, int targets, long cost = 30) =>
        [.. Enumerable.Repeat<IReadOnlyList<long>>([.. Enumerable.Repeat(cost, targets)], groups)];
}
