using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Catalogue;

/// <summary>
/// Two versions of the program on one deployment. The version before knows neither the newest schema nor the newest events; it works beside the current one while processes are
/// replaced one by one, and instead of it when that is taken back.
/// </summary>
internal static class UpdateFaults
{
    private const string OldWorked = "a worker of the version before ended jobs of the current API";
    private const string NewWorked = "a current worker ended jobs of the API before";
    private static readonly Proof OldSawNewSchema = Proof.Said("A newer version migrated the database of video");

    public static IEnumerable<Mishap> All =>
    [
        new("F53", "an update, one process after the other, under load", UpdateAsync)
        {
            Edition = Edition.Before, CostsNoAttempt = true, Happened = [Proof.Noted(NewWorked), Proof.Noted(OldWorked)],
        },
        new("F54", "an update that is taken back under load", TakeBackAsync)
        {
            CostsNoAttempt = true, Happened = [OldSawNewSchema, Proof.Noted(NewWorked)],
        },
    ];

    // The first current process is a worker, so the API before meets a schema that it does not know; then the API, so that a worker before meets its events.
    private static async Task UpdateAsync(Trial trial)
    {
        await BeAsync(trial, Edition.Before);
        var load = trial.LoadAsync(12);
        await ReplaceWorkerAsync(trial, 0, Edition.Current);
        await load;
        await WorkAloneAsync(trial, 0, NewWorked);
        load = trial.LoadAsync(12);
        await ReplaceApiAsync(trial, Edition.Current);
        await load;
        await WorkAloneAsync(trial, 1, OldWorked);
        load = trial.LoadAsync(12);
        await ReplaceWorkerAsync(trial, 1, Edition.Current);
        await load;
    }

    private static async Task TakeBackAsync(Trial trial)
    {
        await BeAsync(trial, Edition.Current);
        var load = trial.LoadAsync(12);
        await ReplaceApiAsync(trial, Edition.Before);
        await load;
        await WorkAloneAsync(trial, 0, NewWorked);
        load = trial.LoadAsync(12);
        await ReplaceWorkerAsync(trial, 0, Edition.Before);
        await ReplaceWorkerAsync(trial, 1, Edition.Before);
        await load;
        await trial.LoadAsync(4);
    }

    private static async Task BeAsync(Trial trial, Edition edition)
    {
        if (trial.Deployment.Edition == edition) return;
        await ReplaceApiAsync(trial, edition);
        for (var place = 0; place < trial.Deployment.Workers.Count; place++) await ReplaceWorkerAsync(trial, place, edition);
        await trial.LoadAsync(4);
    }

    private static async Task ReplaceWorkerAsync(Trial trial, int place, Edition edition)
    {
        trial.Deployment.Edition = edition;
        await trial.Deployment.Workers[place].StopAsync();
        await trial.Deployment.RestartWorkerAsync(place, trial.Cancellation);
    }

    private static async Task ReplaceApiAsync(Trial trial, Edition edition)
    {
        trial.Deployment.Edition = edition;
        await trial.Deployment.Api.StopAsync();
        await trial.Deployment.RestartApiAsync([], trial.Cancellation);
    }

    // The other worker stands still, shorter than a lease and with nothing in hand.
    private static async Task WorkAloneAsync(Trial trial, int place, string note)
    {
        await trial.RestsAsync();
        var others = trial.Deployment.Workers.Where((_, other) => other != place).ToList();
        foreach (var other in others) await other.FreezeAsync();
        var before = await trial.Deployment.Truth.JobsAsync(trial.Cancellation);
        await trial.LoadAsync(3);
        await trial.RestsAsync();
        var ended = (await trial.Deployment.Truth.JobsAsync(trial.Cancellation)).Count(job => job.State == "completed") - before.Count(job => job.State == "completed");
        foreach (var other in others) await other.ThawAsync();
        trial.Note(note, ended);
    }
}
