using System.Diagnostics;
using System.Globalization;
using Fotograma.Blobs;
using Fotograma.Jobs;
using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Leases;
using Fotograma.Kernel.Hosting;
using Fotograma.Media.Extraction;
using Fotograma.Media.Options;
using Fotograma.Worker.Claiming;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Running;

/// <summary>
/// Runs one claimed job to one of four ends: completed, failed (for good or for now), given back because the worker shuts down or cannot work, or lost because the
/// job is not its own any more. Only the commit in the ledger makes a result visible; in every other case nothing of it stays.
/// </summary>
internal sealed partial class JobRunner(
    JobLeases leases, JobSignals signals, AttemptEnd ends, StoreRoom room, Bucket bucket, ResultWriter writer, JobOptions jobs, WorkerOptions options, JobCounts counts,
    TimeProvider clock, ILogger<JobRunner> log)
{
    private static readonly ActivitySource Tracing = new("Fotograma.Worker");

    /// <returns>How long whoever ran it takes nothing else.</returns>
    public async Task<TimeSpan> RunAsync(ClaimedJob claim, CancellationToken shutdown)
    {
        using var activity = Tracing.StartActivity("extract frames", ActivityKind.Consumer, claim.Trace?.ToActivity() ?? default);
        activity?.SetTag("fotograma.job.id", claim.Id);
        Steps.Reached(Steps.JobClaimed);
        LogStarted(claim.Id, claim.Attempt);
        var meter = new ProgressMeter(clock);
        using var work = CancellationTokenSource.CreateLinkedTokenSource(shutdown);
        using var end = new CancellationTokenSource();
        var heart = new Heartbeat(claim, leases, signals, meter, jobs, options, counts, clock, log);
        var beating = heart.BeatAsync(work, end.Token);
        try
        {
            await WorkAsync(claim, meter, heart, work.Token);
            room.Sufficed();
        }
        catch (OperationCanceledException) when (work.IsCancellationRequested)
        {
            await ends.ReleaseAsync(claim, heart);
        }
        catch (Exception exception) when (Blame.WaitForRoom(exception, claim.Shortages) is { } wait)
        {
            // No slot is kept meanwhile: there may be room for others.
            LogNoRoom(exception, claim.Id);
            await ends.PostponeAsync(claim, wait, heart);
            return room.Missed();
        }
        catch (Exception exception) when (Blame.IsReturnedFree(exception, claim.FreeReturns))
        {
            LogNotTheJobs(exception, claim.Id);
            // A store that is away for a night would use up what a job may be given back.
            if (exception is not CommitRefusedException) room.Doubt();
            await Task.Delay(Blame.PauseOf(exception, claim.FreeReturns), clock, work.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ends.ReleaseAsync(claim, heart);
            // Whoever gives a job back would be the first to take it again. It may be at home elsewhere, and everybody else looks within that time.
            return TimeSpan.FromMilliseconds(options.PollMilliseconds);
        }
        catch (Exception exception)
        {
            var failure = Blame.Explain(exception);
            LogFailed(exception, claim.Id, claim.Attempt, failure.Code);
            await ends.FailAsync(claim, failure, heart);
        }
        finally
        {
            await end.CancelAsync();
            await beating;
        }
        return TimeSpan.Zero;
    }

    private async Task WorkAsync(ClaimedJob claim, ProgressMeter meter, Heartbeat heart, CancellationToken cancellation)
    {
        await RemoveEarlierAsync(claim, cancellation);
        var made = await writer.WriteAsync(claim, meter, cancellation);
        var result = new JobResult(
            claim.ResultPrefix, made.Frames, made.ArchiveBytes, made.Width, made.Height, made.Video.DurationSeconds, PosterOf(made),
            KeptWarnings.Of(made.Warnings), made.DuplicatesRemoved);
        Steps.Reached(Steps.JobStored);
        if (await ends.CommitAsync(claim, result, made.Warnings.Count, heart, cancellation))
        {
            Steps.Reached(Steps.JobEnded);
            LogCompleted(claim.Id, made.Frames);
            counts.Completed();
            return;
        }
        LogRejected(claim.Id, claim.Epoch);
        counts.FenceRejected("complete");
        await ends.DiscardAsync(claim);
    }

    // What earlier attempts left can never become visible any more. Later ones are none of this claim's business: it may be stale and not know it yet.
    private async Task RemoveEarlierAsync(ClaimedJob claim, CancellationToken cancellation)
    {
        if (claim.Epoch == 1) return;
        var all = BlobKeys.OfJob(claim.Id);
        var earlier = new HashSet<long>();
        await foreach (var blob in bucket.ListAsync(all, cancellation))
        {
            var rest = blob.Key[all.Length..];
            if (rest.IndexOf('/') is > 0 and var digits && long.TryParse(rest.AsSpan(0, digits), CultureInfo.InvariantCulture, out var epoch) && epoch < claim.Epoch) earlier.Add(epoch);
        }
        foreach (var epoch in earlier) await bucket.DeletePrefixAsync(BlobKeys.OfAttempt(claim.Id, epoch), cancellation);
    }

    /// <summary>The frame that stands for the video: the poster's, or the one in the middle.</summary>
    private static int PosterOf(ExtractionResult made) => made.Extras.FirstOrDefault(extra => extra.Kind == Extras.Poster)?.FirstImage ?? (made.Frames + 1) / 2;

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId} begins, attempt {Attempt}.")]
    private partial void LogStarted(Guid jobId, int attempt);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId} is completed with {Frames} frames.")]
    private partial void LogCompleted(Guid jobId, int frames);

    [LoggerMessage(Level = LogLevel.Warning, Message = "There is no room for job {JobId} here and now; it is given back without an attempt lost.")]
    private partial void LogNoRoom(Exception exception, Guid jobId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId} cannot be worked on here and now, which is not its fault; it is given back without an attempt lost.")]
    private partial void LogNotTheJobs(Exception exception, Guid jobId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId} failed at attempt {Attempt}: {Code}.")]
    private partial void LogFailed(Exception exception, Guid jobId, int attempt, string code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The result of job {JobId}, epoch {Epoch}, came too late and was thrown away.")]
    private partial void LogRejected(Guid jobId, long epoch);
}
