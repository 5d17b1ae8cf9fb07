using System.Text.Json;

namespace Fotograma.EndToEnd.Tests.Deployments;

/// <summary>Asks processes how they are.</summary>
internal static class Health
{
    private static readonly TimeSpan ChangeMax = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits, with a bound, until a process says that it is healthy in every way: one ping that was slow on a busy machine is not its state.</summary>
    public static Task IsWholeAsync(Uri address, CancellationToken cancellation) =>
        UntilAsync(address, health => health.GetProperty("status").GetString() == "healthy", "healthy in every way", cancellation);

    /// <summary>Waits, with a bound, until one check of a process is as told.</summary>
    public static Task BecomesAsync(Uri address, string check, string status, CancellationToken cancellation) => UntilAsync(
        address,
        health => health.GetProperty("checks").EnumerateArray()
            .Any(found => found.GetProperty("name").GetString() == check && found.GetProperty("status").GetString() == status),
        $"{status} in {check}",
        cancellation);

    private static async Task UntilAsync(Uri address, Func<JsonElement, bool> reached, string goal, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(ChangeMax);
        using var timer = new PeriodicTimer(AskInterval);
        var last = "nothing";
        try
        {
            while (true)
            {
                using var answer = await http.GetAsync("/health", bound.Token);
                last = await answer.Content.ReadAsStringAsync(bound.Token);
                if (reached(JsonElement.Parse(last))) return;
                await timer.WaitForNextTickAsync(bound.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{address} did not become {goal}; last it said: {last}");
        }
    }
}
