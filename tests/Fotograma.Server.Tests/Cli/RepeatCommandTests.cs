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
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_it_says_so()
    {
        var (code, _, error) = await CliProgram.RunAsync(
            "repeat", "--data", folder, "--Messaging:Transport=rabbitmq", "--RabbitMq:Hosts=127.0.0.1", "--RabbitMq:Port=1", "--RabbitMq:ConnectTimeoutSeconds=1");
        code.ShouldNotBe(0);
        error.ShouldContain("nobody could be asked: ");
    }

    private List<string> Groups()
    {
        using var bus = new SqliteConnection($"Data Source={Path.Combine(folder, "bus.db")};Pooling=False;Mode=ReadOnly");
        bus.Open();
        using var ask = bus.CreateCommand();
        ask.CommandText = "SELECT GroupName FROM queue WHERE CAST(Body AS TEXT) LIKE '%queues.made%' ORDER BY GroupName";
        using var rows = ask.ExecuteReader();
        var groups = new List<string>();
        while (rows.Read()) groups.Add(rows.GetString(0));
        return groups;
    }
}
