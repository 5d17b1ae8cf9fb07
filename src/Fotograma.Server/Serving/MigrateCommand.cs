using Fotograma.Data.Schema;
using Fotograma.Server.Checking;
using Fotograma.Server.Cli;
using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Server.Serving;

/// <summary><c>fotograma migrate</c>: brings the databases of all modules up to date, as a start would, and ends.</summary>
internal static class MigrateCommand
{
    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        if (args is ["--help" or "-h", ..]) return terminal.Say(HelpText.Migrate);
        // Whatever a process runs of it later: a schema belongs to the version of the program, not to one of its parts.
        var host = ServerHost.Compose([.. args, "--modules=all"]);
        ServeCommand.ProtectData(host.Builder);
        if (host.Faults is { Count: > 0 } faults) return ServeCommand.Refuse(faults);
        await using var app = host.Build();
        using var interruption = new Interruption();
        foreach (var schema in app.Services.GetServices<ModuleSchema>())
        {
            try
            {
                terminal.Say(Describe(schema.Module, await schema.MigrateAsync(interruption.Token)));
            }
            catch (Exception) when (interruption.Token.IsCancellationRequested)
            {
                return interruption.ExitCode;
            }
            catch (Exception exception) when (Outage.IsOne(exception))
            {
                return terminal.Fail(ExitCode.Internal, Secrets.Of(app.Configuration).Hide($"the database of {schema.Module} cannot be migrated: {Outage.SentenceOf(exception)}"));
            }
        }
        return ExitCode.Ok;
    }

    private static string Describe(string module, SchemaChange change)
    {
        string[] said =
        [
            .. change.Created ? ["made"] : Array.Empty<string>(),
            .. change.Applied.Select(migration => $"applied {migration}"),
            .. change.Newer.Select(migration => $"newer version's {migration}"),
        ];
        return $"{module,-8}{(said.Length == 0 ? "up to date" : string.Join(", ", said))}";
    }
}
