namespace Fotograma.Jobs.Tests.Schedules;

/// <summary>
/// Lets several actors run as if at the same time, in an order that a seed decides: each runs alone until it waits for its next turn, and who waits is drawn from.
/// </summary>
internal sealed class Turns(Random chance)
{
    private readonly List<TaskCompletionSource> waiting = [];
    private readonly List<TaskCompletionSource> late = [];
    private TaskCompletionSource parked = new();
    private bool over;

    /// <summary>Called by an actor: goes on when it is its turn.</summary>
    public Task NextAsync()
    {
        if (over) return Task.CompletedTask;
        var turn = new TaskCompletionSource();
        waiting.Add(turn);
        parked.TrySetResult();
        return turn.Task;
    }

    /// <summary>Starts an actor, which runs until it waits for its first turn.</summary>
    public async Task<Task> StartAsync(Func<Task> actor)
    {
        parked = new TaskCompletionSource();
        var running = RunAsync(actor);
        await parked.Task;
        return running;
    }

    /// <summary>Lets something happen by itself at a later turn, whoever began it.</summary>
    public void Later(Func<Task> deed)
    {
        var turn = new TaskCompletionSource();
        late.Add(turn);
        _ = RunAsync(async () =>
        {
            await turn.Task;
            await deed();
        });
    }

    /// <summary>Gives one turn to somebody who waits, and returns when the next waits.</summary>
    /// <returns>False when nobody waits.</returns>
    public async Task<bool> GiveAsync()
    {
        var drawn = chance.Next(waiting.Count + late.Count);
        return drawn < waiting.Count ? await GiveAsync(waiting, drawn) : await GiveAsync(late, drawn - waiting.Count);
    }

    /// <summary>Gives a turn to something that was left for later.</summary>
    /// <returns>False when nothing is left.</returns>
    public async Task<bool> GiveToLateAsync() => await GiveAsync(late, chance.Next(late.Count));

    private async Task<bool> GiveAsync(List<TaskCompletionSource> from, int index)
    {
        if (from.Count == 0) return false;
        var turn = from[index];
        from.RemoveAt(index);
        parked = new TaskCompletionSource();
        turn.SetResult();
        await parked.Task;
        return true;
    }

    /// <summary>From now on nobody waits for a turn.</summary>
    public void End() => over = true;

    private async Task RunAsync(Func<Task> actor)
    {
        try
        {
            await actor();
        }
        finally
        {
            parked.TrySetResult();
        }
    }
}
