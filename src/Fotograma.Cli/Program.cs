using Fotograma.Cli;
using Fotograma.Server.Cli;

// What needs the server becomes it before anything of this process is set up: it shall find everything as it would without us.
if (args is not ([] or ["extract" or "probe" or "version" or "--version" or "help" or "--help" or "-h", ..]) && ServerProgram.Exists)
    return ServerProgram.Become(args);

var terminal = Terminal.Open();
try
{
    return args switch
    {
        ["extract", .. var rest] => await ExtractCommand.RunAsync(rest, terminal, TimeProvider.System),
        ["probe", .. var rest] => await ProbeCommand.RunAsync(rest, terminal),
        ["--version" or "version"] => terminal.Say(HelpText.Version),
        [] or ["--help" or "-h" or "help"] => terminal.Say(HelpText.Overview),
        ["help", var verb, ..] => HelpText.Of(verb) is { } text ? terminal.Say(text) : terminal.RefuseVerb(verb),
        [var verb, ..] => HelpText.Of(verb) is null ? terminal.RefuseVerb(verb) : terminal.Fail(ExitCode.Internal, "the server is not installed: there is no fotograma-server beside this program."),
    };
}
catch (Exception defect)
{
    // Nobody foresaw this one: whoever reports it needs all of it.
    Console.Error.WriteLine($"fotograma: internal error: {defect}");
    return ExitCode.Internal;
}
