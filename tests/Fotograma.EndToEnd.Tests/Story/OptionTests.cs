using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Fotograma.Clips;
using Fotograma.EndToEnd.Tests.Hosts;

namespace Fotograma.EndToEnd.Tests.Story;

/// <summary>What can be asked of the engine can be asked of a job, and comes to the same.</summary>
public sealed class OptionTests(SharedServer shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<Ask> Asks => [.. Ask.All];

    [Theory]
    [MemberData(nameof(Asks))]
    public async Task A_job_makes_what_it_was_asked_for(Ask ask)
    {
        using var user = await ApiUser.RegisterAsync(shared.Server, Cancellation);
        var (_, job) = await user.UploadAsync(await ask.Clip.PathAsync(Cancellation), Cancellation, [.. ask.Options.Select(pair => (pair.Key, pair.Value))]);

        var done = await user.WaitForEndAsync(job, Cancellation);

        done.GetProperty("state").GetString().ShouldBe("completed", done.ToString());
        Codes(done).ShouldBe(ask.Warnings);
        done.GetProperty("result").GetProperty("duplicatesRemoved").GetInt32().ShouldBe(ask.Options.ContainsKey("dedupe") ? 57 : 0);
        var manifest = await user.GetAsync($"/api/v1/jobs/{job}/manifest", Cancellation);
        manifest.GetProperty("frames").EnumerateArray().Select(frame => frame.GetProperty("sourceFrame").GetInt64()).ShouldBe(ask.SourceFrames);
        Made(manifest).ShouldBe(await ExtractedAsync(ask), "the command line's, to the last byte of every image");
        Codes(manifest).ShouldBe(ask.Warnings);
        Codes(await user.GetAsync($"/api/v1/jobs/{job}/report", Cancellation)).ShouldBe(ask.Warnings);
    }

    [Fact]
    public async Task A_job_reports_on_its_video_what_the_command_line_says_of_it()
    {
        var clip = await GoodClips.AnamorphicTurned.PathAsync(Cancellation);
        using var user = await ApiUser.RegisterAsync(shared.Server, Cancellation);
        var (_, job) = await user.UploadAsync(clip, Cancellation);
        using var early = await user.Http.GetAsync($"/api/v1/jobs/{Guid.Empty}/report", Cancellation);
        early.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await user.WaitForStateAsync(job, "completed", Cancellation);

        var report = await user.GetAsync($"/api/v1/jobs/{job}/report", Cancellation);

        var said = await ProbeAsync(clip);
        foreach (var fact in JsonElement.Parse(said).EnumerateObject().Where(fact => fact.Name != "warnings"))
        {
            report.GetProperty(fact.Name).GetRawText().ShouldBe(fact.Value.GetRawText(), fact.Name);
        }
        report.GetProperty("rotation").GetInt32().ShouldNotBe(0);
        Codes(JsonElement.Parse(said)).Except(Codes(report)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_job_that_asks_for_nothing_that_is_there_is_told_so_moment_by_moment()
    {
        using var user = await ApiUser.RegisterAsync(shared.Server, Cancellation);
        var (_, job) = await user.UploadAsync(await GoodClips.H264Mp4.PathAsync(Cancellation), Cancellation, ("timestamps", "99,00:01:40"));

        var done = await user.WaitForEndAsync(job, Cancellation);

        done.GetProperty("state").GetString().ShouldBe("failed", done.ToString());
        done.GetProperty("error").GetProperty("code").GetString().ShouldBe("media.nothing_selected");
        done.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetProperty("atSeconds").GetDouble()).ShouldBe([99, 100]);
        Codes(done).ShouldAllBe(code => code == "timestamp_out_of_range");
    }

    [Fact]
    public async Task A_damaged_video_completes_with_its_good_frames_and_says_where_it_is_damaged()
    {
        using var user = await ApiUser.RegisterAsync(shared.Server, Cancellation);
        var (_, job) = await user.UploadAsync(await GoodClips.Damaged.PathAsync(Cancellation), Cancellation);

        var done = await user.WaitForEndAsync(job, Cancellation);

        done.GetProperty("state").GetString().ShouldBe("completed", done.ToString());
        done.GetProperty("result").GetProperty("frames").GetInt32().ShouldBe(5);
        var damage = done.GetProperty("warnings").EnumerateArray().First(warning => warning.GetProperty("code").GetString() == "damaged");
        damage.GetProperty("atSeconds").GetDouble().ShouldBeInRange(0, 5);
    }

    private static async Task<string> ExtractedAsync(Ask ask)
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-ask-");
        try
        {
            var path = Path.Combine(folder.FullName, "out.zip");
            await RunAsync(["extract", await ask.Clip.PathAsync(Cancellation), "-o", path, "--quiet", .. ask.Arguments]);
            await using var zip = await ZipFile.OpenReadAsync(path, Cancellation);
            await using var manifest = await zip.GetEntry("manifest.json")!.OpenAsync(Cancellation);
            using var document = await JsonDocument.ParseAsync(manifest, cancellationToken: Cancellation);
            return Made(document.RootElement);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The images, and what was made beside them, each with its hash.</summary>
    private static string Made(JsonElement manifest) => manifest.GetProperty("frames").GetRawText() + (manifest.TryGetProperty("extras", out var extras) ? extras.GetRawText() : "");

    private static Task<string> ProbeAsync(string clip) => RunAsync(["probe", clip, "--json"]);

    private static async Task<string> RunAsync(IEnumerable<string> arguments)
    {
        using var program = Process.Start(new ProcessStartInfo(Path.Combine(Product.Folder, "fotograma"), arguments) { RedirectStandardOutput = true })!;
        var said = await program.StandardOutput.ReadToEndAsync(Cancellation);
        await program.WaitForExitAsync(Cancellation);
        program.ExitCode.ShouldBe(0);
        return said;
    }

    private static IEnumerable<string?> Codes(JsonElement told) => told.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetProperty("code").GetString());
}
