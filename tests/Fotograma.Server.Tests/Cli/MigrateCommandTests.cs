using Fotograma.Peers.Postgres;

namespace Fotograma.Server.Tests.Cli;

public sealed class MigrateCommandTests : IDisposable
{
    private static readonly string[] Modules = ["auth", "bus", "notify", "video"];
    private readonly string folder = Directory.CreateTempSubdirectory("fotograma-migrate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Databases_of_all_modules_are_made_and_a_second_run_finds_nothing_to_do()
    {
        var first = await MigrateAsync();
        first.Code.ShouldBe(0, first.Error);
        NamesIn(first.Out).ShouldBe(Modules, ignoreOrder: true);
        Lines(first.Out).ShouldAllBe(line => line.Contains("made, applied ") && line.Contains("_Initial"));
        Directory.GetFiles(folder, "*.db").Select(Path.GetFileNameWithoutExtension).ShouldBe(Modules, ignoreOrder: true);

        var second = await MigrateAsync();
        second.Code.ShouldBe(0, second.Error);
        Lines(second.Out).ShouldAllBe(line => line.EndsWith("up to date"));
    }

    [Fact]
    public async Task Databases_on_a_server_are_made_by_several_at_once()
    {
        await using var room = (await PostgresPeer.SharedAsync()).MakeRoom();
        string[] settings = [.. room.Settings.Select(setting => $"--{setting.Key}={setting.Value}"), "--Postgres:MigrateAtStart=false"];

        var runs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => MigrateAsync(settings)));

        runs.ShouldAllBe(run => run.Code == 0 && run.Error.Length == 0);
        runs.SelectMany(run => Lines(run.Out)).Count(line => line.Contains("_Initial")).ShouldBe(Modules.Length);
        (await room.Server.AskAsync($"SELECT datname FROM pg_database WHERE datname LIKE '{room.Prefix}%'")).ShouldBe(Modules.Select(module => (object)(room.Prefix + module)), ignoreOrder: true);
        Directory.GetFiles(folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_told_in_a_sentence()
    {
        var (code, output, error) = await MigrateAsync("--Database:Provider=postgres", "--Postgres:ConnectionString=Host=127.0.0.1;Port=1;Username=me;Password=geheim");
        code.ShouldBe(1);
        output.ShouldBeEmpty();
        Lines(error).ShouldHaveSingleItem().ShouldStartWith("fotograma: the database of ");
        error.ShouldNotContain("geheim");
    }

    [Fact]
    public async Task Settings_that_cannot_work_are_named()
    {
        var (code, _, error) = await MigrateAsync("--Database:Provider=postgres", "--Postgres:PoolConnectionsMax=1");
        code.ShouldBe(2);
        error.ShouldContain("PoolConnectionsMax");
        error.ShouldContain("ConnectionString");
    }

    private Task<(int Code, string Out, string Error)> MigrateAsync(params string[] settings) => CliProgram.RunAsync(["migrate", "--data", folder, .. settings]);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IEnumerable<string> NamesIn(string text) => Lines(text).Select(line => line.Split(' ')[0]);
}
