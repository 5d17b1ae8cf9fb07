using Fotograma.Kernel.Hosting;
using Fotograma.Server.Cli;
using Fotograma.Server.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fotograma.Server.Checking;

/// <summary>
/// <c>fotograma check-config</c>: says every fault of a configuration at once, and tries everything the chosen modules need outside the process. It starts nothing, takes
/// no job, and changes nothing that stays.
/// </summary>
internal static class CheckConfigCommand
{
    private static readonly TimeSpan TrialMax = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string[] args, Terminal terminal, TimeProvider clock)
    {
        var json = args.Contains("--json");
        var host = ServerHost.Compose([.. args.Where(argument => argument != "--json")]);
        if (host.Faults is { Count: > 0 } faults) return Say(terminal, json, new CheckReport(faults, []));
        // What fails is told by this command, in one place.
        host.Builder.Logging.ClearProviders();
        using var interruption = new Interruption();
        await using var app = host.Build();
        var secrets = Secrets.Of(app.Configuration);
        var trials = app.Services.GetServices<ConnectionTrial>().DistinctBy(trial => trial.Name);
        try
        {
            var results = await Task.WhenAll(trials.Select(trial => TryAsync(trial, app.Services, secrets, clock, interruption.Token)));
            return Say(terminal, json, new CheckReport([], [.. results.OrderBy(result => result.Name, StringComparer.Ordinal)]));
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return interruption.ExitCode;
        }
    }

    private static async Task<TrialResult> TryAsync(ConnectionTrial trial, IServiceProvider services, Secrets secrets, TimeProvider clock, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(TrialMax);
        TrialResult Result(bool works, string detail) => new(trial.Name, works, secrets.Hide(detail), (long)clock.GetElapsedTime(began).TotalMilliseconds);
        try
        {
            // A client that does not notice its cancellation must not keep the others' results back.
            return Result(true, await Task.Run(() => trial.TryAsync(services, bound.Token), bound.Token).WaitAsync(bound.Token));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Result(false, $"no answer within {TrialMax.TotalSeconds:0} s");
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            return Result(false, Reason(exception));
        }
    }

    // The outermost sentence says what was tried, the innermost why it failed.
    private static string Reason(Exception exception)
    {
        var cause = exception.GetBaseException();
        var said = exception.Message == cause.Message ? exception.Message : $"{exception.Message} {cause.Message}";
        return said.ReplaceLineEndings(" ");
    }

    private static int Say(Terminal terminal, bool json, CheckReport report)
    {
        terminal.Say(json ? report.ToJson() : report.ToText());
        if (report.Faults.Count > 0) return ExitCode.Usage;
        return report.Works ? ExitCode.Ok : ExitCode.Internal;
    }
}
