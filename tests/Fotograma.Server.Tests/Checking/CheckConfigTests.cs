using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Fotograma.Peers.Kafka;
using Fotograma.Peers.Postgres;
using Fotograma.Peers.RabbitMq;
using Fotograma.Peers.S3;
using Fotograma.Peers.Sqs;
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

    [Theory]
    [InlineData("rabbitmq", "transport", "--Messaging:Transport=rabbitmq", "--RabbitMq:Hosts=127.0.0.1", "--RabbitMq:Port=PORT", "--RabbitMq:User=fotograma", "--RabbitMq:Password=swordfish")]
    [InlineData("kafka", "transport", "--Messaging:Transport=kafka", "--Kafka:Servers=127.0.0.1:PORT")]
    [InlineData("sqs", "transport", "--Messaging:Transport=sqs", "--Sqs:ServiceUrl=http://127.0.0.1:PORT", "--Sqs:Region=us-east-1", "--Sqs:AccessKey=test", "--Sqs:SecretKey=swordfish")]
    [InlineData("s3", "blobs", "--Blobs:Driver=s3", "--S3:Endpoint=http://127.0.0.1:PORT", "--S3:Bucket=frames", "--S3:Region=us-east-1", "--S3:AccessKeyId=test", "--S3:SecretAccessKey=swordfish")]
    [InlineData("postgres", "database.video", "--Database:Provider=postgres", "--Postgres:ConnectionString=Host=127.0.0.1;Port=PORT;Username=app;Password=swordfish")]
    public async Task A_server_that_is_not_there_is_named(string server, string trial, params string[] settings)
    {
        var port = ClosedPort().ToString(CultureInfo.InvariantCulture);
        var (code, said, _) = await RunAsync(["--modules=video", .. settings.Select(setting => setting.Replace("PORT", port, StringComparison.Ordinal))]);
        code.ShouldBe(1, said);
        said.ShouldContain($"FAILS  {trial}", customMessage: server);
        said.ShouldNotContain("swordfish");
    }

    [Fact]
    public async Task An_account_that_postgresql_refuses_is_named_and_its_password_is_not()
    {
        var postgres = await PostgresPeer.SharedAsync();
        var (code, said, _) = await RunAsync("--modules=video", "--Database:Provider=postgres", $"--Postgres:ConnectionString=Host=127.0.0.1;Port={postgres.Port};Username=stranger;Password=swordfish");
        code.ShouldBe(1, said);
        said.ShouldContain("FAILS  database.video");
        said.ShouldContain("stranger");
        said.ShouldNotContain("swordfish");
    }

    [Fact]
    public async Task A_broker_is_tried_with_its_account_and_its_queues()
    {
        var rabbit = await RabbitMqPeer.SharedAsync();
        var host = await rabbit.AddVirtualHostAsync(TestContext.Current.CancellationToken);
        string[] settings = ["--modules=video", "--Messaging:Transport=rabbitmq", "--RabbitMq:Hosts=127.0.0.1", $"--RabbitMq:Port={rabbit.Port}", $"--RabbitMq:VirtualHost={host}", $"--RabbitMq:User={RabbitMqPeer.User}"];

        var (code, said, _) = await RunAsync([.. settings, "--RabbitMq:Password=swordfish"]);
        code.ShouldBe(1, said);
        said.ShouldContain("FAILS  transport");
        said.ShouldNotContain("swordfish");
        (code, said, _) = await RunAsync([.. settings, $"--RabbitMq:Password={RabbitMqPeer.Password}", "--RabbitMq:Declare=false"]);
        code.ShouldBe(1, said);
        said.ShouldContain("The transport lacks exchange fotograma.events");
        (code, said, _) = await RunAsync([.. settings, $"--RabbitMq:Password={RabbitMqPeer.Password}"]);
        code.ShouldBe(0, said);
        said.ShouldContain("works  transport");
        said.ShouldContain("to be made at the start: exchange fotograma.events");
        await rabbit.RetireVirtualHostAsync(host);
    }

    [Fact]
    public async Task A_queue_that_is_missing_at_sqs_and_a_topic_at_kafka_are_named_where_none_may_be_made()
    {
        var sqs = await SqsPeer.SharedAsync(TestContext.Current.CancellationToken);
        var (code, said, _) = await RunAsync(
            "--modules=video", "--Messaging:Transport=sqs", $"--Sqs:ServiceUrl={sqs.ServiceUrl}", "--Sqs:Region=us-east-1", "--Sqs:AccessKey=test", "--Sqs:SecretKey=swordfish", "--Sqs:QueuePrefix=checked-", "--Sqs:Declare=false");
        code.ShouldBe(1, said);
        said.ShouldContain("The transport lacks");
        said.ShouldContain("checked-worker");
        await using var kafka = await KafkaPeer.StartAsync(brokers: 1, TestContext.Current.CancellationToken);
        (code, said, _) = await RunAsync("--modules=video", "--Messaging:Transport=kafka", $"--Kafka:Servers={kafka.Servers}", "--Kafka:Declare=Check");
        code.ShouldBe(1, said);
        said.ShouldContain("The transport lacks topic");
        said.ShouldContain("video.uploaded");
    }

    [Fact]
    public async Task A_bucket_is_written_to_and_one_that_is_missing_is_named()
    {
        var s3 = await S3Peer.SharedAsync();
        var bucket = await s3.MakeBucketAsync("checked", TestContext.Current.CancellationToken);
        string[] settings = ["--modules=video", "--Blobs:Driver=s3", $"--S3:Endpoint={s3.Endpoint}", "--S3:Region=us-east-1", "--S3:PathStyle=true", $"--S3:AccessKeyId={S3Peer.AccessKey}", $"--S3:SecretAccessKey={S3Peer.SecretKey}"];
        var (code, said, _) = await RunAsync([.. settings, $"--S3:Bucket={bucket}"]);
        code.ShouldBe(0, said);
        said.ShouldContain("written and deleted");
        (code, said, _) = await RunAsync([.. settings, $"--S3:Bucket={bucket}-elsewhere"]);
        code.ShouldBe(1, said);
        said.ShouldContain("FAILS  blobs");
        said.ShouldNotContain(S3Peer.SecretKey);
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
    public async Task A_schema_on_which_a_start_would_be_refused_fails()
    {
        await using var room = (await PostgresPeer.SharedAsync()).MakeRoom();
        string[] settings = ["--modules=video", .. room.Settings.Select(setting => $"--{setting.Key}={setting.Value}")];
        var (code, said, _) = await RunAsync([.. settings, "--Postgres:CreateDatabases=false"]);
        code.ShouldBe(1, said);
        said.ShouldContain("The start would be refused: There is no database for video, and Postgres:CreateDatabases is off.");
        await room.CreateAsync("video");
        (code, said, _) = await RunAsync([.. settings, "--Postgres:MigrateAtStart=false"]);
        code.ShouldBe(1, said);
        said.ShouldContain("The start would be refused: The database of video lacks ");
        said.ShouldContain("_Initial");
        said.ShouldContain("Run 'fotograma migrate' first.");
    }

    [Fact]
    public async Task The_carrier_of_signals_is_tried()
    {
        await using var room = (await PostgresPeer.SharedAsync()).MakeRoom();
        await room.CreateAsync("video");
        string[] settings = ["--modules=worker", "--Fleeting:Signals=postgres", .. room.Settings.Select(setting => $"--{setting.Key}={setting.Value}")];
        (await RunAsync(settings)).Out.ShouldContain("works  signals");
        var (code, said, _) = await RunAsync("--modules=worker", "--Fleeting:Signals=redis", $"--Redis:Endpoints=127.0.0.1:{ClosedPort()}");
        code.ShouldBe(1, said);
        said.ShouldContain("FAILS  signals");
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
