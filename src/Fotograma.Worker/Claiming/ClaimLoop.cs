using System.Collections.Concurrent;
using System.Reflection;
using Fotograma.Jobs.Leases;
using Fotograma.Kernel.Hosting;
using Fotograma.Media.Extraction;
using Fotograma.Messaging.Transport;
using Fotograma.Worker.Running;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Claiming;

/// <summary>
/// Claims jobs while slots are free: when an event says that a video came in, when a job has ended, and every poll interval in any case, so that a lost
/// event costs seconds and never a job. On shutdown it claims nothing more and gives back what runs.
/// </summary>
internal sealed partial class ClaimLoop(
    Company company, DoubtfulClaims doubts, JobRescue rescue, JobRunner runner, StoreRoom room, WorkerIdentity identity, WorkerOptions options, DecoderOptions decoder, JobCounts counts,
    IHostApplicationLifetime host, TimeProvider clock, ILogger<ClaimLoop> log)
    : BackgroundService
{
    private readonly Signal wake = new(clock);
    private readonly Slots slots = new(options.Slots);
    private readonly ConcurrentDictionary<Guid, (ClaimedJob Job, Task Work)> running = new();
    private bool orphansRescued;
    private bool freed;
    private int resting;
    private bool? decoderMissed;

    /// <summary>Events that say there is work are of use only while a slot is free: others shall get them.</summary>
    public Slots Slots => slots;

    /// <summary>Says that there may be work.</summary>
    public void Wake() => wake.Set();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A process that cannot start (a taken port, say) must not have taken a job.
        using (var startedOrStopped = CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStarted, stoppingToken))
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, startedOrStopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        LoadDecoding();
        LogStarted(identity.Name, options.Slots);
        var kept = new KeptSlots(slots);
        var source = ClaimSource.Poll;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (identity.HasEarlierLife && !orphansRescued) await RescueOrphansAsync(stoppingToken);
                await doubts.SettleAsync(running.Keys, stoppingToken);
                while (!stoppingToken.IsCancellationRequested && options.Slots - running.Count - Volatile.Read(ref resting) is > 0 and var free && CanDecode()
                    && await room.SufficesAsync(stoppingToken) && await company.ClaimAsync(free, [.. running.Values.Select(one => one.Job)], stoppingToken) is { Count: > 0 } claims)
                {
                    foreach (var claim in claims)
                    {
                        counts.Claimed(source);
                        Start(claim, stoppingToken);
                    }
                }
                kept.Keep(company.ClaimsNothing);
                var woken = await wake.WaitAsync(TimeSpan.FromMilliseconds(options.PollMilliseconds), stoppingToken);
                source = woken ? ClaimSource.Push : ClaimSource.Poll;
                if (woken && Interlocked.Exchange(ref freed, false)) source = ClaimSource.Turn;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                LogFailed(exception);
                await Task.Delay(TimeSpan.FromMilliseconds(options.PollMilliseconds), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        await Task.WhenAll(running.Values.Select(one => one.Work));
        await doubts.SettleAtLastAsync();
    }

    // What is loaded at first need is not to be had where a process has no descriptor left, and the runtime never looks again for what it missed once.
    // That goes for what decides whose fault a failure is as well: a filter that cannot be loaded says no.
    private static void LoadDecoding()
    {
        foreach (var part in typeof(ClaimLoop).Assembly.GetReferencedAssemblies()) Assembly.Load(part);
        LoadPartsOf(typeof(VideoExtractor).Assembly, []);
    }

    private static void LoadPartsOf(Assembly assembly, HashSet<string> seen)
    {
        foreach (var part in assembly.GetReferencedAssemblies())
            if (seen.Add(part.FullName)) LoadPartsOf(Assembly.Load(part), seen);
    }

    private async Task RescueOrphansAsync(CancellationToken cancellation)
    {
        while (await rescue.RescueOrphansOfAsync(identity.Name, cancellation) is > 0 and var rescued)
            LogOrphans(rescued);
        orphansRescued = true;
    }

    // Without a decoder every attempt would fail: the jobs wait for the operator instead of being used up.
    private bool CanDecode()
    {
        var present = File.Exists(decoder.FullPath);
        if (!present && decoderMissed != true) LogDecoderMissing(decoder.FullPath);
        decoderMissed = !present;
        return present;
    }

    private void Start(ClaimedJob claim, CancellationToken shutdown)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        slots.Take();
        running[claim.Id] = (claim, RunAsync());
        gate.SetResult();

        async Task RunAsync()
        {
            await gate.Task;
            var rest = TimeSpan.Zero;
            try
            {
                rest = await runner.RunAsync(claim, shutdown);
            }
            catch (Exception exception)
            {
                // The runner answers for its job; what gets here is a defect. The lease runs out and the job is rescued.
                LogRunnerFailed(exception, claim.Id);
            }
            finally
            {
                await LeaveAsync(claim, rest, shutdown);
                slots.Return();
                Volatile.Write(ref freed, true);
                wake.Set();
            }
        }
    }

    // The job is out of hand before the slot rests: it may be given to this very worker again meanwhile.
    private async Task LeaveAsync(ClaimedJob claim, TimeSpan rest, CancellationToken shutdown)
    {
        Interlocked.Increment(ref resting);
        running.TryRemove(claim.Id, out _);
        if (rest > TimeSpan.Zero) await Task.Delay(rest, clock, shutdown).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref resting);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Worker {Name} takes up to {Slots} jobs at a time.")]
    private partial void LogStarted(string name, int slots);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} jobs of this worker's earlier life wait again.")]
    private partial void LogOrphans(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The decoder program {Path} is missing; jobs wait until it is back.")]
    private partial void LogDecoderMissing(string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Jobs could not be claimed; trying again.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Running job {JobId} failed in an unexpected way; its lease will run out.")]
    private partial void LogRunnerFailed(Exception exception, Guid jobId);
}
