using Fotograma.Peers.DynamoDb;

namespace Fotograma.Server.Tests.Cli;

public sealed class AdoptCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fotograma-adopt-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task It_says_what_is_there_and_does_it_when_that_is_confirmed()
    {
        (await RunAsync("migrate")).Code.ShouldBe(0);
        var stored = Path.Combine(folder, "blobs", "videos", "01890a5d-ac96-774b-bcce-b302099a8057", "source");
        Directory.CreateDirectory(Path.GetDirectoryName(stored)!);
        await File.WriteAllTextAsync(stored, "video", TestContext.Current.CancellationToken);

        var look = await RunAsync("adopt");
        look.Code.ShouldBe(0, look.Error);
        look.Out.ShouldContain("Nothing says whose the stored uploads and results are.");
        look.Out.ShouldContain("Of the 1 videos whose uploads are stored, the ledger knows 0.");
        look.Out.ShouldContain("--yes");
        File.Exists(Marker).ShouldBeFalse();

        var done = await RunAsync("adopt", "--yes");
        done.Code.ShouldBe(0, done.Error);
        (await File.ReadAllTextAsync(Marker, TestContext.Current.CancellationToken)).ShouldContain("\"orphansAllowed\":1");
        File.Exists(stored).ShouldBeTrue("The command deletes nothing.");
        (await RunAsync("adopt")).Out.ShouldContain("are its own");
    }

    [Fact]
    public async Task Without_a_ledger_there_is_nothing_to_compare()
    {
        var (code, _, error) = await RunAsync("adopt");
        code.ShouldBe(1);
        error.ShouldContain("fotograma migrate");
    }

    [Fact]
    public async Task Where_dynamodb_has_no_tables_or_does_not_answer_it_says_what_to_do()
    {
        var peer = await DynamoPeer.SharedAsync(TestContext.Current.CancellationToken);
        string[] dynamo = ["--Jobs:Store=dynamodb", "--DynamoDb:Region=us-east-1", "--DynamoDb:AccessKey=test", "--DynamoDb:SecretKey=test", "--DynamoDb:TablePrefix=nobodys-"];
        var missing = await RunAsync("adopt", [.. dynamo, $"--DynamoDb:Endpoint={peer.ServiceUrl}"]);
        missing.Code.ShouldBe(1);
        missing.Error.ShouldContain("DynamoDB lacks a table whose name begins with 'nobodys-'.");
        missing.Error.ShouldNotContain("   at ");
        var away = await RunAsync("adopt", [.. dynamo, "--DynamoDb:Endpoint=http://127.0.0.1:1", "--DynamoDb:RequestTimeoutSeconds=1"]);
        away.Code.ShouldBe(1);
        away.Error.ShouldContain("DynamoDB did not answer.");
        away.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Where_the_object_store_does_not_answer_it_says_what_to_do()
    {
        (await RunAsync("migrate")).Code.ShouldBe(0);
        var (code, _, error) = await RunAsync(
            "adopt", "--Blobs:Driver=s3", "--S3:Endpoint=http://127.0.0.1:1", "--S3:Bucket=nobodys", "--S3:PathStyle=true", "--S3:AccessKeyId=test", "--S3:SecretAccessKey=test",
            "--S3:RetriesMax=0", "--S3:ConnectSeconds=1");
        code.ShouldBe(1);
        error.ShouldContain("The S3 store did not answer");
        error.ShouldContain("check-config");
        error.ShouldNotContain("   at ");
    }

    private string Marker => Path.Combine(folder, "blobs", "ledger.json");

    private Task<(int Code, string Out, string Error)> RunAsync(string command, params string[] arguments) => CliProgram.RunAsync([command, "--data", folder, .. arguments]);
}
