using System.Diagnostics;
using Fotograma.EndToEnd.Tests.Hosts;

namespace Fotograma.EndToEnd.Tests.Faults;

public sealed class StartTests(SharedServer shared)
{
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_port_that_is_taken_is_said_in_a_sentence()
    {
        var (code, said) = await RunAsync("--urls", shared.Server.Address.ToString());
        code.ShouldBe(1);
        said.ShouldStartWith("Fotograma cannot start: ");
        said.ShouldContain("address already in use");
        said.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Every_fault_of_the_configuration_is_said_at_once()
    {
        var (code, said) = await RunAsync("--Jobs:LeaseSeconds=0", "--Uploads:FileBytesMax=lots", "--Uploads:Colour=red", "--Worker:Slotz=3");
        code.ShouldBe(2);
        said.ShouldContain("Jobs: LeaseSeconds must lie between");
        said.ShouldContain("FileBytesMax");
        said.ShouldContain("Uploads: There is no setting 'Colour'");
        said.ShouldContain("Worker: There is no setting 'Slotz'");
    }

    [Fact]
    public async Task A_module_that_does_not_exist_is_named()
    {
        var (code, said) = await RunAsync("--modules", "video,wroker");
        code.ShouldBe(2);
        said.ShouldContain("there is no module wroker");
    }

    [Fact]
    public async Task Without_a_decoder_jobs_wait_for_it_and_lose_no_attempt()
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-decoder-").FullName;
        var decoder = Path.Combine(folder, "fotograma-decoder");
        await using var server = await FotogramaServer.StartAsync(Cancellation, ("FOTOGRAMA_DECODER", decoder), ("Worker__PollMilliseconds", "100"));
        using var user = await ApiUser.RegisterAsync(server, Cancellation);
        var (_, job) = await user.UploadAsync(await Clips.GoodClips.OneSecond.PathAsync(Cancellation), Cancellation);
        (await user.GetAsync("/health", Cancellation)).GetProperty("status").GetString().ShouldBe("degraded");
        await server.HearAsync("is missing; jobs wait until it is back", Cancellation);

        File.CreateSymbolicLink(decoder, Path.Combine(Product.Folder, "fotograma-decoder"));

        var ended = await user.WaitForEndAsync(job, Cancellation);
        ended.GetProperty("state").GetString().ShouldBe("completed");
        ended.GetProperty("attempt").GetInt32().ShouldBe(1);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-start-").FullName;
        try
        {
            var start = new ProcessStartInfo(Path.Combine(Product.Folder, "fotograma"), ["serve", "--data", folder, .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            var said = process.StandardError.ReadToEndAsync(Cancellation);
            var rest = process.StandardOutput.ReadToEndAsync(Cancellation);
            await process.WaitForExitAsync(Cancellation).WaitAsync(EndMax, Cancellation);
            await rest;
            return (process.ExitCode, await said);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
