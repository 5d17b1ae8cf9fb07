using System.Diagnostics;
using System.Text.Json;
using Fotograma.Blobs;
using Fotograma.Jobs;
using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Trash;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Options;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Running;

/// <summary>
/// Runs one claimed job to one of four ends: completed, failed (for good or for now), given back because the worker shuts down, or lost because the job is
/// not its own any more. Only the commit in the ledger makes a result visible; in every other case nothing of it stays.
/// </summary>
internal sealed partial class JobRunner(
    JobLeases leases, JobSignals signals, BlobTrash trash, Bucket bucket, ResultWriter writer, JobOptions jobs, WorkerOptions options, JobCounts counts,
    TimeProvider clock, ILogger<JobRunner> log)
{
    private const int CommitTriesMax = 5;

    // A store that is away is away for every job, and so are file descriptors: it costs none of them an attempt. Each is given back after a pause, and in the end only
    // so often, because a store may also refuse one blob for ever.
    private const int FreeReturnsMax = 2000;
    private const int OpenFilesOfSystem = 23;
    private const int OpenFilesOfProcess = 24;
    private static readonly TimeSpan FreeReturnPause = TimeSpan.FromSeconds(5);

    /// <summary>Warnings kept with a job, which every change of it is told with. The manifest has all.</summary>
    private const int WarningsShownMax = 200;

    private static readonly ActivitySource Tracing = new("Fotograma.Worker");

    public async Task RunAsync(ClaimedJob claim, CancellationToken shutdown)
    {
        using var activity = Tracing.StartActivity("extract frames", ActivityKind.Consumer, claim.TraceParent);
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
            await WorkAsync(claim, meter, work.Token);
        }
        catch (OperationCanceledException) when (work.IsCancellationRequested)
        {
            await DiscardAsync(claim);
            await GiveBackAsync(claim, heart);
        }
        catch (Exception exception) when (IsNotTheJobs(exception) && claim.Epoch - claim.Attempt < FreeReturnsMax)
        {
            LogNotTheJobs(exception, claim.Id);
            await DiscardAsync(claim);
            await Task.Delay(FreeReturnPause, clock, work.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await GiveBackAsync(claim, heart);
        }
        catch (Exception exception)
        {
            await DiscardAsync(claim);
            var failure = Explain(exception);
            LogFailed(exception, claim.Id, claim.Attempt, failure.Code);
            if (await leases.FailAsync(claim, failure, CancellationToken.None)) counts.Failed(failure.Code);
            else counts.FenceRejected("fail");
        }
        finally
        {
            await end.CancelAsync();
            await beating;
        }
    }

    private async Task GiveBackAsync(ClaimedJob claim, Heartbeat heart)
    {
        if (heart.Lost) return;
        if (await leases.ReleaseAsync(claim, CancellationToken.None)) LogReleased(claim.Id);
        else counts.FenceRejected("release");
    }

    private async Task WorkAsync(ClaimedJob claim, ProgressMeter meter, CancellationToken cancellation)
    {
        // What earlier attempts left can never become visible any more. Later ones are none of this claim's business: it may be stale and not know it yet.
        for (var earlier = 1L; earlier < claim.Epoch; earlier++) await bucket.DeletePrefixAsync(BlobKeys.OfAttempt(claim.Id, earlier), cancellation);
        var made = await writer.WriteAsync(claim, meter, cancellation);
        var warnings = made.Warnings.Take(WarningsShownMax).Select(warning => new { code = warning.Code, message = warning.Message, atSeconds = warning.AtSeconds });
        var result = new JobResult(
            claim.ResultPrefix, made.Frames, made.ArchiveBytes, made.Width, made.Height, made.Video.DurationSeconds, PosterOf(made),
            JsonSerializer.Serialize(warnings));
        Steps.Reached(Steps.JobStored);
        if (await CommitAsync(claim, result, made.Warnings.Count, cancellation))
        {
            Steps.Reached(Steps.JobEnded);
            LogCompleted(claim.Id, made.Frames);
            counts.Completed();
            return;
        }
        LogRejected(claim.Id, claim.Epoch);
        counts.FenceRejected("complete");
        await DiscardAsync(claim);
    }

    /// <summary>The frame that stands for the video: the poster's, or the one in the middle.</summary>
    private static int PosterOf(ExtractionResult made) => made.Extras.FirstOrDefault(extra => extra.Kind == Extras.Poster)?.FirstImage ?? (made.Frames + 1) / 2;

    // A commit whose answer was lost may have happened: the same commit is tried again, and the fence tells the truth.
    private async Task<bool> CommitAsync(ClaimedJob claim, JobResult result, int warnings, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await leases.CompleteAsync(claim, result, warnings, cancellation);
            }
            catch (Exception exception) when (tries < CommitTriesMax && !cancellation.IsCancellationRequested)
            {
                LogCommitRetried(exception, claim.Id);
                await Task.Delay(TimeSpan.FromMilliseconds(200 * tries), clock, cancellation);
            }
        }
    }

    private async Task DiscardAsync(ClaimedJob claim)
    {
        try
        {
            // A commit whose answer was lost leaves a result that is somebody's now.
            if (await trash.IsCommittedAsync(claim.Id, claim.ResultPrefix, CancellationToken.None)) return;
            await bucket.DeletePrefixAsync(claim.ResultPrefix, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // The janitor finds what stays.
            LogDiscardFailed(exception, claim.Id);
        }
    }

    /// <summary>Whether it would have happened to any job (ENFILE and EMFILE among them, which .NET hands on as they are).</summary>
    private static bool IsNotTheJobs(Exception exception) => exception is BlobStoreUnavailableException
        || exception is IOException { HResult: OpenFilesOfSystem or OpenFilesOfProcess }
        || (exception is MediaException { InnerException: { } cause } && IsNotTheJobs(cause));

    private static JobFailure Explain(Exception exception) => exception switch
    {
        MediaException media => new JobFailure(media.Fault.Code, media.Fault.Sentence, media.Fault.Transient),
        BlobNotFoundException => Failure(ErrorCatalogue.SourceMissing, transient: false),
        BlobDamagedException => Failure(ErrorCatalogue.SourceDamaged, transient: false),
        IOException => Failure(ErrorCatalogue.StorageFailed, transient: true),
        _ => Failure(ErrorCatalogue.AttemptsExhausted, transient: true),
    };

    private static JobFailure Failure(Error error, bool transient) => new(error.Code, error.Advice, transient);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId} begins, attempt {Attempt}.")]
    private partial void LogStarted(Guid jobId, int attempt);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId} is completed with {Frames} frames.")]
    private partial void LogCompleted(Guid jobId, int frames);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId} was given back.")]
    private partial void LogReleased(Guid jobId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId} cannot be worked on here and now, which is not its fault; it is given back without an attempt lost.")]
    private partial void LogNotTheJobs(Exception exception, Guid jobId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId} failed at attempt {Attempt}: {Code}.")]
    private partial void LogFailed(Exception exception, Guid jobId, int attempt, string code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The result of job {JobId}, epoch {Epoch}, came too late and was thrown away.")]
    private partial void LogRejected(Guid jobId, long epoch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The result of job {JobId} could not be committed; trying again.")]
    private partial void LogCommitRetried(Exception exception, Guid jobId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Files of job {JobId} could not be removed; the janitor will.")]
    private partial void LogDiscardFailed(Exception exception, Guid jobId);
}
