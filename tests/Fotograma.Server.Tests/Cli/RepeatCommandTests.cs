using Microsoft.Data.Sqlite;

namespace Fotograma.Server.Tests.Cli;

public sealed class RepeatCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fotograma-repeat-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Those_who_can_say_it_again_are_asked()
    {
        (await CliProgram.RunAsync("migrate", "--data", folder)).Code.ShouldBe(0);
        var (code, output, error) = await CliProgram.RunAsync("repeat", "--data", folder);
        code.ShouldBe(0, error);
        output.ShouldStartWith("Asked.");
        Groups().ShouldBe(["auth", "video"]);
        Groups("\"teller\":null").ShouldBe(["auth", "video"], "All are asked.");
    }

    [Fact]
    public async Task Only_those_who_know_how_to_reach_people_are_asked_for_that_alone()
    {
        (await CliProgram.RunAsync("migrate", "--data", folder)).Code.ShouldBe(0);
        var (code, output, error) = await CliProgram.RunAsync("repeat", "--accounts", "--data", folder);
        code.ShouldBe(0, error);
        output.ShouldStartWith("Asked. The servers of the module auth ");
        Groups("\"teller\":\"auth\"").ShouldBe(["auth", "video"], "Everybody hears it, and whom it does not name does nothing.");
    }

    [Fact]
    public async Task Where_nothing_is_said_again_nobody_is_asked()
    {
        (await CliProgram.RunAsync("migrate", "--data", folder)).Code.ShouldBe(0);
        var (code, output, error) = await CliProgram.RunAsync("repeat", "--data", folder, "--Messaging:RepeatHours=0");
        (code, output).ShouldBe((2, ""));
        error.ShouldContain("Messaging:RepeatHours is 0");
        Groups().ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_it_says_so()
    {
        var (code, _, error) = await CliProgram.RunAsync(
            "repeat", "--data", folder, "--Messaging:Transport=rabbitmq", "--RabbitMq:Hosts=127.0.0.1", "--RabbitMq:Port=1", "--RabbitMq:ConnectTimeoutSeconds=1");
        code.ShouldNotBe(0);
        error.ShouldContain("nobody could be asked: ");
    }

    private List<string> Groups(string with = "queues.made")
    {
        using var bus = new SqliteConnection($"Data Source={Path.Combine(folder, "bus.db")};Pooling=False;Mode=ReadOnly");
        bus.Open();
        using var ask = bus.CreateCommand();
        ask.CommandText = "SELECT GroupName FROM queue WHERE CAST(Body AS TEXT) LIKE '%queues.made%' AND CAST(Body AS TEXT) LIKE $with ORDER BY GroupName";
        ask.Parameters.AddWithValue("$with", $"%{with}%");
        using var rows = ask.ExecuteReader();
        var groups = new List<string>();
        while (rows.Read()) groups.Add(rows.GetString(0));
        return groups;
    }
}
