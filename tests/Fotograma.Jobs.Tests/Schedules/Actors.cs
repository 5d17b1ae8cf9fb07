using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Leases;
using Fotograma.Suites.Ledger;

namespace Fotograma.Jobs.Tests.Schedules;

/// <summary>Somebody who uploads, cancels, deletes and runs again.</summary>
internal sealed class OwnerActor(Scene scene, Guid owner)
{
    private readonly List<(Guid Video, Guid Job)> mine = [];
    private readonly HashSet<Guid> doubtful = [];

    public async Task ActAsync()
    {
        var (ledger, chance) = (scene.Ledger, scene.Chance);
        var deed = chance.Next(8);
        if (mine.Count == 0 || deed < 3)
        {
            await AcceptAsync(ledger.NewVideo(owner));
            return;
        }
        var (video, job) = mine[chance.Next(mine.Count)];
        if (deed == 3) await ledger.Catalogue.CancelAsync(owner, job, CancellationToken.None);
        else if (deed == 4 && !doubtful.Contains(video))
        {
            scene.DeletionTried.Add(video);
            await ledger.Catalogue.DeleteAsync(owner, video, CancellationToken.None);
        }
        else if (deed == 5 && await ledger.Catalogue.RunAgainAsync(owner, video, null, CancellationToken.None) is { Made: true } answer) mine.Add((video, answer.Job.Id));
    }

    // The upload lies where it lies before its video is accepted. Without an answer the same is asked once more; then its owner gives up, and it may be there or not.
    // (The program does that itself. What is asked twice must not be deleted here: executed late enough, the first call would bring the video back without its upload.
    // A database lets the second call wait for the first.)
    private async Task AcceptAsync(NewVideo video)
    {
        scene.Blobs.Write(BlobKeys.OfVideo(video.Id));
        VideoView view;
        try
        {
            view = await scene.Ledger.Catalogue.AcceptAsync(video, CancellationToken.None);
        }
        catch (NoAnswerException)
        {
            doubtful.Add(video.Id);
            view = await scene.Ledger.Catalogue.AcceptAsync(video, CancellationToken.None);
        }
        scene.Accepted[video.Id] = view.Job.Id;
        mine.Add((video.Id, view.Job.Id));
    }
}

/// <summary>
/// A worker that may die, freeze beyond its lease, or be told nothing, at any call. It does what the program's own runner does, in the same order, but in turns that the schedule
/// deals out; the runner's timers, threads and decoder processes could not be held to an order.
/// </summary>
/// <param name="scene">Where it works.</param>
/// <param name="name">Its name.</param>
/// <param name="hasty">It asks once, and throws away what it was not told is the job's result before it has settled the job: what no worker may do.</param>
internal sealed class WorkerActor(Scene scene, string name, bool hasty)
{
    private const int TriesMax = 3;

    public async Task ActAsync()
    {
        var (leases, chance) = (scene.Ledger.Leases, scene.Chance);
        if (chance.Next(10) == 0) await scene.Ledger.Rescue.RescueOrphansOfAsync(name, CancellationToken.None);
        if (await leases.ClaimAsync(name, CancellationToken.None) is not { } claim) return;
        for (var beats = chance.Next(3); beats > 0; beats--)
        {
            if (chance.Next(6) == 0) scene.Ledger.Clock.Advance(TimeSpan.FromSeconds(TestLedger.LeaseSeconds + 1));
            if (chance.Next(10) == 0) return;
            if (!Noted(await leases.RenewAsync(claim, Some.Progress, CancellationToken.None))) return;
        }
        scene.Blobs.Write(claim.ResultPrefix);
        await (chance.Next(8) switch
        {
            0 => SettleAsync(claim, () => leases.FailAsync(claim, Some.Permanent, CancellationToken.None)),
            1 => SettleAsync(claim, () => leases.FailAsync(claim, Some.Transient, CancellationToken.None)),
            2 => SettleAsync(claim, () => leases.ReleaseAsync(claim, CancellationToken.None)),
            _ => CompleteAsync(claim),
        });
    }

    // First the job is settled, and only what surely belongs to nobody is thrown away; the janitor finds the rest.
    private async Task SettleAsync(ClaimedJob claim, Func<Task<bool>> settle)
    {
        if (Noted(await settle())) scene.Blobs.Remove(claim.ResultPrefix);
    }

    private async Task CompleteAsync(ClaimedJob claim)
    {
        for (var tries = 1; tries <= (hasty ? 1 : TriesMax); tries++)
        {
            try
            {
                if (Noted(await scene.Ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, CancellationToken.None))) scene.Completed[claim.Id] = claim.ResultPrefix;
                return;
            }
            catch (NoAnswerException)
            {
                // The same commit again: the fence tells the truth.
            }
        }
        if (hasty && !await scene.Ledger.Trash.IsCommittedAsync(claim.Id, claim.ResultPrefix, CancellationToken.None)) scene.Blobs.Remove(claim.ResultPrefix);
        else await SettleAsync(claim, () => scene.Ledger.Leases.FailAsync(claim, Some.Transient, CancellationToken.None));
    }

    private bool Noted(bool answer)
    {
        if (!answer) scene.Rejected++;
        return answer;
    }
}

/// <summary>Empties the trash and looks for results that belong to nothing, by the same questions as the program's.</summary>
internal sealed class JanitorActor(Scene scene)
{
    private const int PrefixesPerRound = 3;

    public async Task ActAsync()
    {
        var trash = scene.Ledger.Trash;
        foreach (var prefix in await trash.DueAsync(PrefixesPerRound, CancellationToken.None))
        {
            scene.Blobs.RemoveAllBelow(prefix.Prefix);
            await trash.ForgetAsync(prefix, CancellationToken.None);
        }
        if (scene.Blobs.AnyResult(scene.Chance) is not { } found) return;
        if (!await trash.IsAttemptAliveAsync(found.Job, found.Epoch, CancellationToken.None)) scene.Blobs.Remove(BlobKeys.OfAttempt(found.Job, found.Epoch));
    }
}
