using System.Globalization;

namespace Fotograma.Jobs.Tests.Schedules;

/// <summary>
/// Very many random schedules. <c>FOTOGRAMA_SCHEDULES</c> sets how many, 2,000 unless set (<c>./dev soak</c> sets 10,000); <c>FOTOGRAMA_SCHEDULE_SEED</c> runs a single one, as a failure names it.
/// </summary>
public sealed class ScheduleTests
{
    private const int SchedulesInAll = 2_000;
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
        var rejected = await Task.WhenAll(Enumerable.Range(0, lanes).Select(lane =>
            Task.Run(() => RunAsync(Enumerable.Range(0, schedules).Where(number => number % lanes == lane).Select(number => FirstSeed + number)))));
        TestContext.Current.SendDiagnosticMessage($"{schedules} schedules; the fence rejected {rejected.Sum()} writes");
        if (schedules >= 100) rejected.Sum().ShouldBeGreaterThan(0, "the fence was never needed: the schedules are too tame");
    }

    private static async Task<int> RunAsync(IEnumerable<int> seeds)
    {
        await using var world = await ScheduleWorld.MakeAsync();
        var rejected = 0;
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
            rejected += schedule.Rejected;
        }
        return rejected;
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set ? int.Parse(set, CultureInfo.InvariantCulture) : null;
}
