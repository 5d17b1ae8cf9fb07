using System.Text.Json;

namespace Fotograma.EndToEnd.Tests.Deployments;

/// <summary>Asks processes how they are.</summary>
internal static class Health
{
    private static readonly TimeSpan ChangeMax = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The state of a process in one word.</summary>
    public static async Task<string?> OfAsync(Uri address, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var answer = await http.GetAsync("/health", cancellation);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(cancellation)).GetProperty("status").GetString();
    }

    /// <summary>Waits, with a bound, until one check of a process is as told.</summary>
    public static async Task BecomesAsync(Uri address, string check, string status, CancellationToken cancellation)
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
                var checks = JsonElement.Parse(last).GetProperty("checks").EnumerateArray();
                if (checks.Any(found => found.GetProperty("name").GetString() == check && found.GetProperty("status").GetString() == status)) return;
                await timer.WaitForNextTickAsync(bound.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"The check {check} of {address} did not become {status}; last it said: {last}");
        }
    }
}
