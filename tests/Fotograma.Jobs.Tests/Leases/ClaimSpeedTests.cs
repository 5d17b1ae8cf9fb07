using System.Diagnostics;
using Fotograma.Jobs.Ledger;
using Fotograma.Suites.Ledger;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Jobs.Tests.Leases;

public sealed class ClaimSpeedTests
{
    private const int WaitingJobs = 10_000;
    private const int Claims = 50;

    [Fact]
    public async Task A_claim_takes_less_than_ten_milliseconds_when_ten_thousand_jobs_of_one_owner_wait()
    {
        await using var ledger = await TestLedger.MakeAsync(new SqlitePlace());
        await FillAsync(ledger, Some.Owner(1));
        await ledger.ClaimAsync();
        var took = new List<double>();
        for (var i = 0; i < Claims; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await ledger.ClaimAsync();
            took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        took.Sort();
        TestContext.Current.SendDiagnosticMessage($"claim: median {took[Claims / 2]:F2} ms, fastest {took[0]:F2} ms, slowest {took[^1]:F2} ms");
        // The fastest tenth, because other tests share the machine.
        took[Claims / 10].ShouldBeLessThan(10);
    }

    private static async Task FillAsync(TestLedger ledger, Guid owner)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var db = await ledger.Services.GetRequiredService<IDbContextFactory<LedgerDb>>().CreateDbContextAsync(cancellation);
        for (var i = 0; i < WaitingJobs; i++)
        {
            await ledger.TickAsync();
            var now = ledger.Clock.GetUtcNow();
            var (video, job) = (ledger.Ids.New(), ledger.Ids.New());
            db.Videos.Add(new VideoRow
            {
                Id = video, OwnerId = owner, Name = "a.mp4", Bytes = 1, Sha256 = new string('a', 64), Container = "mp4", SourceKey = BlobKeys.Source(video),
                CreatedAt = now, CurrentJobId = job,
            });
            db.Jobs.Add(new JobRow
            {
                Id = job, VideoId = video, OwnerId = owner, Options = "{}", CreatedAt = now, State = JobState.Pending, NextRunAt = now, Revision = 1,
            });
        }
        await db.SaveChangesAsync(cancellation);
    }
}
