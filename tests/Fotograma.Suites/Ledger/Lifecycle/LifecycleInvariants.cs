using Fotograma.Jobs.Ledger;
using Fotograma.Messages;

namespace Fotograma.Suites.Ledger.Lifecycle;

/// <summary>What must hold of the database whatever the model says, watched from one look to the next.</summary>
internal sealed class LifecycleInvariants
{
    private readonly Dictionary<Guid, JobRow> last = [];
    private readonly Dictionary<Guid, long> claimed = [];
    private readonly Dictionary<Guid, List<string>> endings = [];

    public void Claimed(Guid job, long epoch)
    {
        epoch.ShouldBeGreaterThan(claimed.GetValueOrDefault(job), "the epoch grows with every claim, so no two claims of a job are the same");
        claimed[job] = epoch;
    }

    public void Look(IReadOnlyList<JobRow> rows, IEnumerable<CloudEvent> news)
    {
        foreach (var happened in news.Where(happened => happened.Type != VideoUploaded.Type))
        {
            var job = Guid.Parse(happened.Subject);
            if (!endings.TryGetValue(job, out var types)) endings[job] = types = [];
            types.Add(happened.Type);
        }
        foreach (var row in rows) Look(row);
    }

    private static (string, long, long, int, DateTimeOffset?, string?, string?, int) Essence(JobRow row) =>
        (row.State, row.Revision, row.Epoch, row.Attempt, row.FinishedAt, row.ResultPrefix, row.ErrorCode, row.FramesDone);

    private void Look(JobRow row)
    {
        row.Attempt.ShouldBeInRange(0, TestLedger.AttemptsMax);
        row.Epoch.ShouldBe(claimed.GetValueOrDefault(row.Id), "only a claim changes the epoch");
        (row.LeaseOwner is null).ShouldBe(row.LeaseUntil is null);
        if (row.State != JobState.Cancelled) (row.LeaseOwner is not null).ShouldBe(row.State == JobState.Processing);
        (row.FinishedAt is not null).ShouldBe(JobState.IsFinal(row.State));
        (row.ResultPrefix is not null).ShouldBe(row.State == JobState.Completed);
        (row.ErrorCode is not null).ShouldBe(row.State == JobState.Failed);
        List<string> expected = row.State switch { JobState.Completed => [VideoProcessed.Type], JobState.Failed => [VideoFailed.Type], _ => [] };
        endings.GetValueOrDefault(row.Id, []).ShouldBe(expected, "completed and failed jobs have exactly one final event, all others none");
        if (last.TryGetValue(row.Id, out var before))
        {
            row.Revision.ShouldBeGreaterThanOrEqualTo(before.Revision);
            if (JobState.IsFinal(before.State)) Essence(row).ShouldBe(Essence(before), "what is final never changes");
            if (row.State != before.State) row.Revision.ShouldBeGreaterThan(before.Revision);
        }
        last[row.Id] = row;
    }
}
