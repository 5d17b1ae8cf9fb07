using Fotograma.Jobs.Leases;

namespace Fotograma.Jobs.Tests.Leases;

public sealed class RetryDelayTests
{
    private static readonly JobOptions Options = new() { RetryDelaySeconds = 5, RetryDelaySecondsMax = 600 };

    [Theory]
    [InlineData(1, 2.5, 5)]
    [InlineData(2, 5, 10)]
    [InlineData(3, 10, 20)]
    [InlineData(7, 160, 320)]
    [InlineData(8, 300, 600)]
    [InlineData(20, 300, 600)]
    [InlineData(int.MaxValue, 300, 600)]
    public void Delays_double_and_stay_within_their_bounds(int attempt, double least, double most)
    {
        var delays = new RetryDelays(Options, new Random(1));
        var drawn = Enumerable.Range(0, 2000).Select(_ => delays.After(attempt).TotalSeconds).ToList();
        drawn.Min().ShouldBeInRange(least, least + ((most - least) * 0.02));
        drawn.Max().ShouldBeInRange(most - ((most - least) * 0.02), most);
        drawn.Average().ShouldBe((least + most) / 2, (most - least) * 0.05);
    }

    [Fact]
    public void No_delay_is_possible() => new RetryDelays(new JobOptions { RetryDelaySeconds = 0 }, new Random(1)).After(3).ShouldBe(TimeSpan.Zero);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    [InlineData(3601)]
    [InlineData(double.PositiveInfinity)]
    public void A_delay_that_is_no_length_of_time_is_refused(double seconds) =>
        new JobOptions { RetryDelaySeconds = seconds }.Problems().ShouldHaveSingleItem().ShouldStartWith("RetryDelaySeconds ");

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(0)]
    [InlineData(86_401)]
    public void A_longest_delay_out_of_range_is_refused(double seconds) =>
        new JobOptions { RetryDelaySecondsMax = seconds }.Problems().ShouldHaveSingleItem().ShouldStartWith("RetryDelaySecondsMax ");

    [Fact]
    public void Every_fault_is_reported_and_the_defaults_have_none()
    {
        new JobOptions().Problems().ShouldBeEmpty();
        new JobOptions { LeaseSeconds = 1, AttemptsMax = 0, LossesMax = 1, RetryDelaySeconds = -1, RetryDelaySecondsMax = 0 }.Problems().Count().ShouldBe(5);
    }

    [Theory]
    [InlineData(1000, 3)]
    [InlineData(10, 3)]
    [InlineData(4, 3)]
    [InlineData(3, 2)]
    [InlineData(2, 1)]
    public void No_job_loses_the_last_worker_that_it_may_lose_beside_others(int lossesMax, int alone) => new JobOptions { LossesMax = lossesMax }.LossesAlone.ShouldBe(alone);
}
