using System.Globalization;

namespace Fotograma.Jobs.Tests.Schedules;

/// <summary>
/// Very many random schedules. <c>FOTOGRAMA_SCHEDULES</c> sets how many, 150 unless set (<c>./dev soak</c> sets 10,000); <c>FOTOGRAMA_SCHEDULE_SEED</c> runs a single one, as a failure names it.
/// </summary>
public sealed class ScheduleTests
{
    private const int SchedulesInAll = 150;
    private const int SchedulesUntilCaught = 5_000;
    private const int FirstSeed = 20_260_101;

    [Fact]
    public async Task Every_job_that_was_accepted_ends_once_whatever_happens_in_whatever_order()
    {
        if (Number("FOTOGRAMA_SCHEDULE_SEED") is { } seed)
        {
            await RunAsync([seed]);
            return;
        }
        var schedules = Number("FOTOGRAMA_SCHEDULES") ?? SchedulesInAll;
        var lanes = Environment.ProcessorCount;
        var counts = await Task.WhenAll(Enumerable.Range(0, lanes).Select(lane =>
            Task.Run(() => RunAsync(Enumerable.Range(0, schedules).Where(number => number % lanes == lane).Select(number => FirstSeed + number)))));
        var sum = counts.Aggregate((one, other) => new Counts(one.Rejected + other.Rejected, one.Repeated + other.Repeated, one.Delayed + other.Delayed));
        TestContext.Current.SendDiagnosticMessage($"{schedules} schedules: {sum}");
        if (schedules < 100) return;
        sum.Rejected.ShouldBeGreaterThan(0, "the fence was never needed: the schedules are too tame");
        sum.Repeated.ShouldBeGreaterThan(0, "no event came twice: the schedules are too tame");
        sum.Delayed.ShouldBeGreaterThan(0, "no call was executed late: the schedules are too tame");
    }

    [Fact]
    public async Task Some_schedule_catches_workers_that_throw_a_result_away_before_they_know_that_it_is_nobodys()
    {
        await using var world = await ScheduleWorld.MakeAsync();
        for (var seed = FirstSeed; seed < FirstSeed + SchedulesUntilCaught; seed++)
        {
            try
            {
                await new Schedule(world, seed, hasty: true).RunAsync();
            }
            catch (ShouldAssertException caught)
            {
                caught.Message.ShouldContain("the result of a job is there as long as the job");
                TestContext.Current.SendDiagnosticMessage($"caught by schedule {seed - FirstSeed + 1}");
                return;
            }
        }
        throw new InvalidOperationException("Nothing was caught: the schedules are too tame.");
    }

    private static async Task<Counts> RunAsync(IEnumerable<int> seeds)
    {
        await using var world = await ScheduleWorld.MakeAsync();
        var counts = new Counts(0, 0, 0);
        foreach (var seed in seeds)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var schedule = new Schedule(world, seed);
            try
            {
                await schedule.RunAsync();
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"The schedule with the seed {seed} failed: run it with FOTOGRAMA_SCHEDULE_SEED={seed}.", exception);
            }
            counts = new Counts(counts.Rejected + schedule.Rejected, counts.Repeated + schedule.Repeated, counts.Delayed + schedule.Delayed);
        }
        return counts;
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set ? int.Parse(set, CultureInfo.InvariantCulture) : null;

    private sealed record Counts(int Rejected, int Repeated, int Delayed);
}
