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
    [InlineData(0, 0, 4, true, 0)]
    [InlineData(30, 4, 1, false, 1)]
    public void Groups_are_decoded_side_by_side_where_they_need_not_wait_for_their_turn(long frames, int groups, int cores, bool spares, int workers) =>
        GroupExtraction.WorkersFor(frames, groups, cores, spares).ShouldBe(workers);
}
