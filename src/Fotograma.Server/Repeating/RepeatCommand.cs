using Fotograma.Messaging.Repeating;
using Fotograma.Server.Checking;
using Fotograma.Server.Cli;
using Fotograma.Server.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fotograma.Server.Repeating;

/// <summary><c>fotograma repeat</c>: has the running servers say again what others may have missed.</summary>
internal static class RepeatCommand
{
    private const string AccountsOnly = "--accounts";
    private const string Accounts = "auth";

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        if (args is ["--help" or "-h", ..]) return terminal.Say(HelpText.Repeat);
        var accountsOnly = args.Contains(AccountsOnly);
        var host = ServerHost.Compose([.. args.Where(argument => argument != AccountsOnly), "--modules=all"]);
        ServeCommand.ProtectData(host.Builder);
        if (host.Faults is { Count: > 0 } faults) return ServeCommand.Refuse(faults);
        // What fails is told by this command, in one place.
        host.Builder.Logging.ClearProviders();
        await using var app = host.Build();
        var repetition = app.Services.GetRequiredService<Repetition>();
        if (repetition.Reach == TimeSpan.Zero) return terminal.Fail(ExitCode.Usage, "Messaging:RepeatHours is 0, and servers with that setting say nothing again. Give them another, and ask again.");
        using var interruption = new Interruption();
        try
        {
            await repetition.AskAsync(accountsOnly ? Accounts : null, interruption.Token);
            return terminal.Say(accountsOnly
                ? "Asked. The servers of the module auth say again how to reach people."
                : "Asked. The servers of the modules auth and video say again how to reach people and how the jobs of the last Messaging:RepeatHours ended.");
        }
        catch (Exception) when (interruption.Token.IsCancellationRequested)
        {
            return interruption.ExitCode;
        }
        catch (Exception exception)
        {
            return terminal.Fail(ExitCode.Internal, Secrets.Of(app.Configuration).Hide($"nobody could be asked: {exception.Message}"));
        }
    }
}
