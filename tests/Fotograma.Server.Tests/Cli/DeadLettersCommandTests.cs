using System.Text;
using Fotograma.Messages;
using Microsoft.Data.Sqlite;

namespace Fotograma.Server.Tests.Cli;

public sealed class DeadLettersCommandTests : IAsyncLifetime
{
    private static readonly CloudEvent Mail = EventOf(1, new VideoFailed(Guid.Empty, Guid.Empty, Guid.Empty, "a.mp4", "media.truncated", "Too short."));
    private static readonly CloudEvent Hint = EventOf(2, new VideoUploaded(Guid.Empty, Guid.Empty, Guid.Empty));
    private readonly string folder = Directory.CreateTempSubdirectory("fotograma-letters-").FullName;

    public async ValueTask InitializeAsync() => (await CliProgram.RunAsync("migrate", "--data", folder)).Code.ShouldBe(0);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Where_nothing_was_given_up_it_says_so()
    {
        var (code, output, error) = await RunAsync("list");
        code.ShouldBe(0, error);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(line => line.EndsWith("nothing"));
        foreach (var place in (string[])["worker", "notify", "/fotograma/auth", "/fotograma/video"]) output.ShouldContain(place);
    }

    [Fact]
    public async Task What_was_given_up_is_shown_on_a_line_each_and_steers_no_terminal()
    {
        Bury(Mail.ToJson(), "DbException: away\u001b[2J\nfor a day");
        Bury("no event"u8.ToArray(), "not a CloudEvent 1.0");
        var (code, output, error) = await RunAsync();
        code.ShouldBe(0, error);
        output.ShouldContain($"notify  1970-01-01T00:00:01Z  video.failed  {Mail.Id}  DbException: away [2J for a day");
        output.ShouldContain("notify  1970-01-01T00:00:01Z  (no event)  -  not a CloudEvent 1.0");
    }

    [Fact]
    public async Task Dead_letters_are_given_to_their_group_alone_and_leave()
    {
        Bury(Mail.ToJson(), "away");
        Bury("no event"u8.ToArray(), "not a CloudEvent 1.0");
        var (code, output, error) = await RunAsync("redrive", "notify");
        code.ShouldBe(0, error);
        output.ShouldContain("1 tried again, 1 cannot be read");
        Ask("bus", "SELECT Body FROM queue WHERE GroupName = 'notify'").ShouldBe(Encoding.UTF8.GetString(Mail.ToJson()));
        Ask("bus", "SELECT Body FROM dead_letters").ShouldBe("no event");
    }

    [Fact]
    public async Task More_than_the_list_shows_are_tried_again_at_once()
    {
        const int Letters = 1100;
        var body = Encoding.UTF8.GetString(Mail.ToJson()).Replace(Mail.Id.ToString(), "00000000-0000-0000-0000-' || printf('%012d', number) || '", StringComparison.Ordinal);
        using (var bus = Open("bus"))
        using (var bury = bus.CreateCommand())
        {
            bury.CommandText =
                "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 1100) "
                + $"INSERT INTO dead_letters (GroupName, Body, Reason, At) SELECT 'notify', CAST('{body}' AS BLOB), 'away', number FROM numbers";
            bury.ExecuteNonQuery().ShouldBe(Letters);
        }
        (await RunAsync("list")).Out.ShouldContain("notify  and more; these are the oldest 1000.");
        var (code, output, error) = await RunAsync("redrive", "notify");
        code.ShouldBe(0, error);
        output.ShouldContain("1100 tried again, 0 cannot be read");
        Ask("bus", "SELECT COUNT(*) || GroupName FROM queue GROUP BY GroupName").ShouldBe("1100notify");
        Ask("bus", "SELECT COUNT(*) FROM dead_letters").ShouldBe("0");
        (await RunAsync("redrive", "notify", "--id", Mail.Id.ToString())).Code.ShouldBe(2);
        (await RunAsync("redrive", "notify", "--id", "no-id")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_in_quarantine_goes_back_to_the_outbox()
    {
        Do("video", "INSERT INTO outbox_quarantine (Sequence, EventId, Body, Reason, At) VALUES (7, $id, $body, 'refused', 1000)", ("$id", Hint.Id), ("$body", Hint.ToJson()));
        (await RunAsync("redrive", "/fotograma/video", "--id", Mail.Id.ToString())).Code.ShouldBe(2);
        var (code, output, error) = await RunAsync("redrive", "/fotograma/video", "--id", Hint.Id.ToString());
        code.ShouldBe(0, error);
        output.ShouldContain("1 tried again");
        Ask("video", "SELECT Body FROM outbox").ShouldBe(Encoding.UTF8.GetString(Hint.ToJson()));
        Ask("video", "SELECT COUNT(*) FROM outbox_quarantine").ShouldBe("0");
    }

    [Theory]
    [InlineData("redrive")]
    [InlineData("redrive", "nobody")]
    [InlineData("remove")]
    public async Task Wrong_usage_is_refused(params string[] arguments) => (await RunAsync(arguments)).Code.ShouldBe(2);

    private Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments) => CliProgram.RunAsync(["dead-letters", .. arguments, "--data", folder]);

    private static CloudEvent EventOf<T>(int number, T message) where T : IMessage =>
        CloudEvent.Of(message, new Guid(number, 0, 0, new byte[8]), "/fotograma/test", DateTimeOffset.UnixEpoch, null);

    private void Bury(byte[] body, string reason) =>
        Do("bus", "INSERT INTO dead_letters (GroupName, Body, Reason, At) VALUES ('notify', $body, $reason, 1000)", ("$body", body), ("$reason", reason));

    private void Do(string database, string text, params (string Name, object Value)[] values)
    {
        using var connection = Open(database);
        using var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value);
        command.ExecuteNonQuery().ShouldBe(1);
    }

    private string Ask(string database, string question)
    {
        using var connection = Open(database);
        using var command = connection.CreateCommand();
        command.CommandText = question;
        return command.ExecuteScalar() switch
        {
            byte[] bytes => Encoding.UTF8.GetString(bytes),
            var other => $"{other}",
        };
    }

    private SqliteConnection Open(string database)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(folder, $"{database}.db")};Pooling=False");
        connection.Open();
        return connection;
    }
}
