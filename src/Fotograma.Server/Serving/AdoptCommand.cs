using Fotograma.Data.Schema;
using Fotograma.Kernel.Hosting;
using Fotograma.Server.Checking;
using Fotograma.Server.Cli;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fotograma.Server.Serving;

/// <summary><c>fotograma adopt</c>: makes the stored uploads and results those of the ledger in use, after the one or the other was restored.</summary>
internal static class AdoptCommand
{
    private const string Confirmation = "--yes";

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        if (args is ["--help" or "-h", ..]) return terminal.Say(HelpText.Adopt);
        // Whatever else a process runs: ledger and bucket meet in this module.
        var host = ServerHost.Compose([.. args.Where(argument => argument != Confirmation), "--modules=video"]);
        if (host.Faults is { Count: > 0 } faults) return ServeCommand.Refuse(faults);
        host.Builder.Logging.SetMinimumLevel(LogLevel.Warning);
        await using var app = host.Build();
        using var interruption = new Interruption();
        try
        {
            foreach (var schema in app.Services.GetServices<ModuleSchema>().Where(schema => schema.Module == "video"))
            {
                if (await schema.ReadAsync(interruption.Token) is { Exists: false } or { Pending.Count: > 0 })
                    return terminal.Fail(ExitCode.Internal, "the database of videos and jobs is missing or not up to date. Run 'fotograma migrate' first.");
            }
            var adopt = app.Services.GetServices<OperatorTask>().Single(task => task.Name == OperatorTask.Adopt);
            return terminal.Say(await adopt.RunAsync(app.Services, args.Contains(Confirmation), interruption.Token));
        }
        catch (Exception) when (interruption.Token.IsCancellationRequested)
        {
            return interruption.ExitCode;
        }
        catch (Exception exception) when (Outage.IsOne(exception))
        {
            var sentence = $"ledger and bucket cannot be compared: {Outage.SentenceOf(exception)} Nothing was changed. 'fotograma check-config' tries both.";
            return terminal.Fail(ExitCode.Internal, Secrets.Of(app.Configuration).Hide(sentence));
        }
    }
}
