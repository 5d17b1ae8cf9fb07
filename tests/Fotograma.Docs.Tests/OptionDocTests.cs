using System.Text.RegularExpressions;
using Fotograma.Media.Options;

namespace Fotograma.Docs.Tests;

/// <summary>Holds what is written about the options of an extraction, and about the library, to the code.</summary>
public sealed partial class OptionDocTests
{
    [Fact]
    public void Every_option_is_in_the_guide_to_the_api() =>
        ExtractionOptionsParser.Names.Except(Repository.CodeRows("docs/api.md").SelectMany(row => Word().Matches(row[0]).Select(match => match.Value))).ShouldBeEmpty();

    [Fact]
    public void Every_option_has_a_flag_on_the_command_line() =>
        ExtractionOptionsParser.Names.Select(name => $"--{Capital().Replace(name, letter => "-" + letter.Value.ToLowerInvariant())}")
            .Except(Flag().Matches(Repository.Read("src/Fotograma.Server/Cli/HelpText.cs")).Select(match => match.Value)).ShouldBeEmpty();

    [Fact]
    public void The_example_of_the_library_is_the_one_that_a_test_runs()
    {
        var source = Repository.Read("tests/Fotograma.Server.Tests/Library/LibraryExampleTests.cs");
        var example = source.Split("// example: begin\n")[1].Split("    // example: end")[0].Split('\n').Select(line => line.Length > 4 ? line[4..] : line.Trim());

        Repository.Read("docs/library.md").ShouldContain("```csharp\n" + string.Join('\n', example) + "```\n");
    }

    [GeneratedRegex("[a-zA-Z]+")]
    private static partial Regex Word();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();

    [GeneratedRegex("--[a-z][a-z-]*")]
    private static partial Regex Flag();
}
