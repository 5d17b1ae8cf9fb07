using System.Text.RegularExpressions;

namespace Fotograma.Docs.Tests;

/// <summary>Holds <c>docs/cli.md</c> to the program's own help.</summary>
public sealed partial class CliDocTests
{
    private static readonly string Help = Repository.Read("src/Fotograma.Server/Cli/HelpText.cs");
    private static readonly IReadOnlyList<string[]> Rows = Repository.CodeRows("docs/cli.md");

    [Fact]
    public void Every_option_of_the_help_is_there_and_no_other() => Options(string.Join('\n', Rows.Select(row => row[0]))).ShouldBe(Options(Help), ignoreOrder: true);

    [Fact]
    public void Every_exit_code_is_there_and_no_other() =>
        Rows.Select(row => row[0]).Where(cell => int.TryParse(cell, out _)).ShouldBe(
            ExitCode().Matches(Repository.Read("src/Fotograma.Server/Cli/ExitCode.cs")).Select(match => match.Groups["code"].Value), ignoreOrder: true);

    private static IEnumerable<string> Options(string text) => Option().Matches(text).Select(match => match.Value).Where(option => option != "--help").Distinct();

    [GeneratedRegex("(?<![-a-z])--[a-z][a-z-]*")]
    private static partial Regex Option();

    [GeneratedRegex(@"public const int \w+ = (?<code>\d+);")]
    private static partial Regex ExitCode();
}
