using Fotograma.Media.Overviews;

namespace Fotograma.Media.Tests.Overviews;

public sealed class EvenSeriesTests
{
    [Fact]
    public void What_is_kept_is_every_so_manieth_from_the_first_and_never_more_than_the_limit()
    {
        foreach (var limit in new[] { 1, 2, 3, 7, 48, 100 })
        {
            var series = new EvenSeries<int>(limit);
            for (var i = 0; i < 1000; i++)
            {
                series.Add(i);
                series.Kept.Count.ShouldBeLessThanOrEqualTo(limit);
                series.Kept.ShouldBe(Enumerable.Range(0, series.Kept.Count).Select(k => k * series.Step));
                (i - series.Kept[^1]).ShouldBeLessThan(series.Step);
            }
        }
    }
}
