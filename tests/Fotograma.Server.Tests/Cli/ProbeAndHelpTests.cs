using System.Text.Json;
using Fotograma.Media.Tests.Extraction;

namespace Fotograma.Server.Tests.Cli;

public sealed class ProbeAndHelpTests
{
    [Fact]
    public async Task A_probe_tells_people_and_programs_the_same()
    {
        using var stage = new FakeDecoder(new Answer().Facts().Done(0));

        var people = await CliProgram.RunAsync("probe", stage.Input, "--decoder", FakeDecoder.Program);
        var programs = await CliProgram.RunAsync("probe", "--json", stage.Input, "--decoder", FakeDecoder.Program);

        people.Code.ShouldBe(0, people.Error);
        people.Out.ShouldContain("size       5x3");
        people.Out.ShouldContain("warning    The images are turned the way players show the video.");
        using var json = JsonDocument.Parse(programs.Out);
        json.RootElement.GetProperty("width").GetInt32().ShouldBe(5);
        json.RootElement.GetProperty("timeBase").GetString().ShouldBe("1/1000");
    }

    [Fact]
    public async Task A_probe_of_something_else_names_the_fault()
    {
        using var stage = new FakeDecoder(new Answer().Fault("media.not_a_video"), "cat \"$input.answer\"; exit 3");

        var (code, output, error) = await CliProgram.RunAsync("probe", stage.Input, "--decoder", FakeDecoder.Program);

        code.ShouldBe(3);
        output.ShouldBeEmpty();
        error.ShouldContain("media.not_a_video");
    }

    [Theory]
    [InlineData("", "Usage: fotograma COMMAND")]
    [InlineData("--help", "130 stopped by Ctrl-C")]
    [InlineData("help extract", "--max-frames")]
    [InlineData("extract --help", "--max-frames")]
    [InlineData("help migrate", "Postgres:MigrateAtStart")]
    [InlineData("migrate --help", "Postgres:MigrateAtStart")]
    [InlineData("probe -h", "--json")]
    [InlineData("--version", "fotograma 0.")]
    public async Task Help_is_a_result_and_not_an_error(string arguments, string part)
    {
        var (code, output, error) = await CliProgram.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        code.ShouldBe(0);
        output.ShouldContain(part);
        error.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("fly")]
    [InlineData("help fly")]
    [InlineData("probe")]
    [InlineData("probe a b")]
    [InlineData("extract")]
    public async Task A_command_line_that_makes_no_sense_is_refused(string arguments)
    {
        var (code, output, error) = await CliProgram.RunAsync(arguments.Split(' '));

        code.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldStartWith("fotograma: ");
    }
}
