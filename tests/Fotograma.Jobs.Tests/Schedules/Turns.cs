namespace Fotograma.Jobs.Tests.Schedules;

/// <summary>
/// Lets several actors run as if at the same time, in an order that a seed decides: each runs alone until it waits for its next turn, and who waits is drawn from.
/// </summary>
internal sealed class Turns(Random chance)
{
    private readonly List<TaskCompletionSource> waiting = [];
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

    /// <summary>Gives one turn to somebody who waits, and returns when the next waits.</summary>
    /// <returns>False when nobody waits.</returns>
    public async Task<bool> GiveAsync()
    {
        if (waiting.Count == 0) return false;
        var index = chance.Next(waiting.Count);
        var turn = waiting[index];
        waiting.RemoveAt(index);
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
