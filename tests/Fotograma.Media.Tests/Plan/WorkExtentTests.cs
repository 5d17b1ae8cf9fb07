using Fotograma.Media.Options;
using Fotograma.Media.Plan;

namespace Fotograma.Media.Tests.Plan;

/// <summary>What progress is a share of.</summary>
public sealed class WorkExtentTests
{
    [Theory]
    [InlineData("fps=1", 3600, 3600)]
    [InlineData("fps=1;from=3500", 100, 3600)]
    [InlineData("fps=1;to=600", 600, 600)]
    [InlineData("fps=1;ranges=10-20,3000-3010", 20, 3010)]
    [InlineData("fps=1;ranges=10-20,3590-4000", 20, 3600)]
    [InlineData("timestamps=5,90.5", 3600, 90.5)]
    [InlineData("timestamps=5,5000", 3600, 3600)]
    [InlineData("fps=1;from=5000", 3600, 3600)]
    public void An_hour_is_as_long_as_what_has_to_be_worked_through(string ask, double inParts, double inOrder)
    {
        ExtractionOptionsParser.TryParse(ask.Split(';').Select(part => part.Split('=')).ToDictionary(part => part[0], part => part[1]), out var options, out _).ShouldBeTrue();
        WorkExtent.InPartsSeconds(options!, 3600).ShouldBe(inParts);
        WorkExtent.InOrderSeconds(options!, 3600).ShouldBe(inOrder);
    }

    [Fact]
    public void A_video_of_unknown_length_has_none() => WorkExtent.InOrderSeconds(new ExtractionOptions { Sampling = new Sampling.All() }, 0).ShouldBe(0);
}
