using Fotograma.Media.Decoding;

namespace Fotograma.Media.Tests.Decoding;

public sealed class WorkersTests
{
    [Theory]
    // One wanted picture in each group, or two: nobody waits.
    [InlineData(100, 100, 2, true, 2)]
    [InlineData(100, 85, 2, false, 2)]
    [InlineData(60, 30, 2, false, 2)]
    [InlineData(60, 30, 8, false, 8)]
    // As many as the others may be ahead by.
    [InlineData(40, 10, 2, false, 2)]
    // Groups of 250 pictures, one a second: eight or so in each.
    [InlineData(30, 4, 2, false, 1)]
    [InlineData(30, 4, 2, true, 2)]
    [InlineData(80, 10, 8, false, 8)]
    [InlineData(400, 10, 8, false, 1)]
    [InlineData(400, 10, 8, true, 1)]
    [InlineData(5, 1, 4, true, 1)]
    // Fewer groups than cores: each has several threads, and none spares anything.
    [InlineData(3, 3, 8, true, 3)]
    [InlineData(6, 3, 8, false, 3)]
    [InlineData(90, 3, 8, true, 1)]
    [InlineData(0, 0, 4, true, 0)]
    [InlineData(30, 4, 1, false, 1)]
    public void Groups_are_decoded_side_by_side_where_they_need_not_wait_for_their_turn(long frames, int groups, int cores, bool spares, int workers) =>
        GroupExtraction.WorkersFor(frames, groups, cores, spares).ShouldBe(workers);

    [Theory]
    [InlineData(1, 8, 8)]
    [InlineData(2, 8, 4)]
    [InlineData(3, 8, 3)]
    [InlineData(8, 8, 1)]
    [InlineData(1, 1, 1)]
    public void No_core_is_left_without_a_thread(int workers, int cores, int threads) => GroupExtraction.ThreadsFor(workers, cores).ShouldBe(threads);
}
