using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Fotograma.Server.Tests.Cli;

namespace Fotograma.Server.Tests.Checking;

/// <summary>The command as an operator runs it.</summary>
public sealed class CheckConfigTests : IDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("fotograma-check-").FullName;

    [Fact]
    public async Task A_good_configuration_works_and_nothing_is_left()
    {
        var (code, said, complained) = await RunAsync();
        code.ShouldBe(0, said + complained);
        said.ShouldStartWith("The configuration has no faults.");
        said.ShouldContain("works  decoder");
        said.ShouldContain("works  blobs");
        complained.ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(data).ShouldBeEmpty("It only looks.");
    }

    [Fact]
    public async Task All_faults_are_said_at_once()
    {
        var (late, toldLate, _) = await RunAsync("--Jobs:LeaseSeconds=2", "--Worker:HeartbeatMilliseconds=1000");
        late.ShouldBe(2);
        toldLate.ShouldContain("a third of Jobs:LeaseSeconds");
        var (code, said, _) = await RunAsync("--Jobs:LeaseSeconds=0", "--Uploads:Colour=red", "--Uplaods:FileBytesMax=1", "--Messaging:Transport=pigeons", "--modules=video,wroker");
        code.ShouldBe(2);
        foreach (var fault in (string[])["LeaseSeconds", "'Colour'", "Uplaods: There is no such section", "Transport must be one of embedded", "there is no module wroker"]) said.ShouldContain(fault);
    }

    [Fact]
    public async Task What_does_not_answer_is_named_with_its_reason_and_without_the_password()
    {
        var port = ClosedPort();
        var (code, said, _) = await RunAsync(
            "--Fleeting:Driver=redis", $"--Redis:Endpoints=127.0.0.1:{port}", "--Redis:Password=swordfish",
            "--Mail:Smtp:Host=127.0.0.1", $"--Mail:Smtp:Port={port}", $"--Tokens:JwksUrl=http://127.0.0.1:{port}/",
            "--Jobs:Store=dynamodb", $"--DynamoDb:Endpoint=http://127.0.0.1:{port}", "--DynamoDb:Region=us-east-1", "--DynamoDb:AccessKey=test", "--DynamoDb:SecretKey=swordfish");
        code.ShouldBe(1, said);
        foreach (var name in (string[])["dynamodb", "fleeting", "smtp", "keys"]) said.ShouldContain($"FAILS  {name}");
        said.ShouldContain("refused");
        said.ShouldNotContain("swordfish");
    }

    [Fact]
    public async Task What_never_answers_costs_ten_seconds_and_no_more()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var since = Stopwatch.StartNew();
        var (code, said, _) = await RunAsync("--modules=notify", "--Mail:Smtp:Host=127.0.0.1", $"--Mail:Smtp:Port={((IPEndPoint)silent.LocalEndpoint).Port}");
        code.ShouldBe(1);
        said.ShouldContain("no answer within 10 s");
        since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_folder_for_blobs_that_cannot_be_made_or_filled_fails()
    {
        var (code, said, _) = await RunAsync("--modules=video", "--Blobs:Folder=/proc/blobs");
        code.ShouldBe(1, said);
        said.ShouldContain("The folder /proc cannot be written to");
        (code, said, _) = await RunAsync("--modules=video", "--Blobs:FreeBytesMin=9000000000000000000");
        code.ShouldBe(1, said);
        said.ShouldContain("must stay free");
    }

    [Fact]
    public async Task A_decoder_that_is_missing_or_not_confined_fails()
    {
        var (code, said, _) = await RunAsync("--modules=worker", "--Decoder:Path=/nowhere/decoder");
        code.ShouldBe(1);
        said.ShouldContain("FAILS  decoder");
        said.ShouldContain("/nowhere/decoder");
    }

    [Fact]
    public async Task Programs_read_it_as_json()
    {
        var (code, said, _) = await RunAsync("--json", "--modules=worker");
        code.ShouldBe(0, said);
        var report = JsonElement.Parse(said);
        report.GetProperty("works").GetBoolean().ShouldBeTrue();
        report.GetProperty("connections").EnumerateArray().Select(connection => connection.GetProperty("name").GetString()).ShouldContain("decoder");
        var (faulty, faults, _) = await RunAsync("--json", "--Jobs:LeaseSeconds=0");
        faulty.ShouldBe(2);
        JsonElement.Parse(faults).GetProperty("faults").GetArrayLength().ShouldBe(1);
    }

    public void Dispose() => Directory.Delete(data, recursive: true);

    private Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments) => CliProgram.RunAsync(["check-config", "--data", data, .. arguments]);

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
