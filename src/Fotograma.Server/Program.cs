using Fotograma.Server.Checking;
using Fotograma.Server.Cli;
using Fotograma.Server.DeadLetters;
using Fotograma.Server.Repeating;
using Fotograma.Server.Serving;

var terminal = Terminal.Open();
try
{
    return args switch
    {
        ["serve", "--help" or "-h", ..] => terminal.Say(HelpText.Serve),
        ["serve", .. var rest] => await ServeCommand.RunAsync(rest),
        ["migrate", .. var rest] => await MigrateCommand.RunAsync(rest, terminal),
        ["dead-letters", .. var rest] => await DeadLettersCommand.RunAsync(rest, terminal),
        ["repeat", .. var rest] => await RepeatCommand.RunAsync(rest, terminal),
        ["adopt", .. var rest] => await AdoptCommand.RunAsync(rest, terminal),
        ["extract", .. var rest] => await ExtractCommand.RunAsync(rest, terminal, TimeProvider.System),
        ["check-config", "--help" or "-h", ..] => terminal.Say(HelpText.CheckConfig),
        ["check-config", .. var rest] => await CheckConfigCommand.RunAsync(rest, terminal, TimeProvider.System),
        ["probe", .. var rest] => await ProbeCommand.RunAsync(rest, terminal),
        ["--version" or "version"] => terminal.Say(HelpText.Version),
        [] or ["--help" or "-h" or "help"] => terminal.Say(HelpText.Overview),
        ["help", var verb] => HelpText.Of(verb) is { } text ? terminal.Say(text) : terminal.RefuseVerb(verb),
        [var verb, ..] => terminal.RefuseVerb(verb),
    };
}
catch (Exception defect)
{
    // Nobody foresaw this one: whoever reports it needs all of it.
    Console.Error.WriteLine($"fotograma: internal error: {defect}");
    return ExitCode.Internal;
}
