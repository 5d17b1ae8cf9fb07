using System.IO.Compression;
using Fotograma.Media.Tests.Extraction;

namespace Fotograma.Server.Tests.Cli;

public sealed class ExtractCommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fotograma-cli-");

    private string Target => Path.Combine(folder.FullName, "frames.zip");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_video_becomes_an_archive()
    {
        using var stage = TwoFrames();

        var (code, output, error) = await ExtractAsync(stage, "--fps", "2");

        code.ShouldBe(0, error);
        output.ShouldBeEmpty();
        error.ShouldContain("warning: The images are turned the way players show the video.");
        error.ShouldContain($"Wrote 2 frames (5x3 PNG, 0 s to 1 s) to {Target}: ");
        using var zip = ZipFile.OpenRead(Target);
        zip.Entries.Select(entry => entry.FullName).ShouldBe(["frames/frame_000001.png", "frames/frame_000002.png", "manifest.json", "manifest.ndjson", "manifest.csv"]);
        folder.GetFiles().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Long_lists_are_read_from_a_file_and_duplicates_are_counted()
    {
        using var stage = new FakeDecoder(
            new Answer().Facts().Frame(0).Text(Media.Isolation.DecoderMessage.Done, """{"frames":1,"duplicates":7}"""),
            "printf %s \"$request\" > \"$input.request\"; cat \"$input.answer\"");
        var list = Path.Combine(Path.GetDirectoryName(stage.Input)!, "times.txt");
        await File.WriteAllLinesAsync(list, Enumerable.Range(0, 9999).Select(i => $"{i}.123456").Prepend("0.5, # the first"), TestContext.Current.CancellationToken);

        var (code, _, error) = await ExtractAsync(stage, "--timestamps", $"@{list}", "--dedupe", "4");

        code.ShouldBe(0, error);
        error.ShouldContain("7 near-duplicates left out");
        (await File.ReadAllTextAsync(stage.Input + ".request", TestContext.Current.CancellationToken)).ShouldContain("9998");
        (await ExtractAsync(stage, "--timestamps", "@/nonexistent")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task Quiet_prints_nothing_when_all_is_well_but_that_the_decoder_is_not_locked_in()
    {
        using var stage = TwoFrames();

        var (code, output, error) = await ExtractAsync(stage, "-q");

        (code, output).ShouldBe((0, ""));
        error.ReplaceLineEndings("\n").ShouldBe("warning: the decoder is not locked in (FOTOGRAMA_SANDBOX=off): a hostile video could do what you can do.\n");
    }

    [Fact]
    public async Task The_video_itself_and_devices_are_never_replaced_not_even_by_force()
    {
        using var stage = TwoFrames();
        var before = await File.ReadAllBytesAsync(stage.Input, TestContext.Current.CancellationToken);

        foreach (var target in new[] { stage.Input, "/dev/null" })
        {
            var (code, _, error) = await CliProgram.RunAsync("extract", stage.Input, "-o", target, "--force", "--decoder", FakeDecoder.Program);
            code.ShouldBe(4);
            error.ShouldContain(target);
        }

        (await File.ReadAllBytesAsync(stage.Input, TestContext.Current.CancellationToken)).ShouldBe(before);
    }

    [Fact]
    public async Task An_existing_file_is_only_replaced_by_force()
    {
        using var stage = TwoFrames();
        await File.WriteAllTextAsync(Target, "precious", TestContext.Current.CancellationToken);

        var (code, _, error) = await ExtractAsync(stage);
        code.ShouldBe(4);
        error.ShouldContain("--force");
        (await File.ReadAllTextAsync(Target, TestContext.Current.CancellationToken)).ShouldBe("precious");

        (await ExtractAsync(stage, "--force")).Code.ShouldBe(0);
        new FileInfo(Target).Length.ShouldBeGreaterThan(100);
        folder.GetFiles().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_target_that_cannot_be_written_has_its_own_exit_code()
    {
        using var stage = TwoFrames();

        (await CliProgram.RunAsync("extract", stage.Input, "-o", "/proc/nowhere/frames.zip", "--decoder", FakeDecoder.Program)).Code.ShouldBe(4);
        (await CliProgram.RunAsync("extract", stage.Input, "-o", folder.FullName, "--force", "--decoder", FakeDecoder.Program)).Code.ShouldBe(4);
    }

    [Fact]
    public async Task A_fault_of_the_video_is_printed_with_its_code_and_leaves_no_file()
    {
        using var stage = new FakeDecoder(new Answer().Facts().Frame(0).Fault("media.undecodable"), "cat \"$input.answer\"; exit 3");

        var (code, _, error) = await ExtractAsync(stage);

        code.ShouldBe(3);
        error.ShouldContain("media.undecodable");
        error.ShouldContain("No picture in this file could be decoded.");
        folder.GetFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_limit_that_is_met_is_named_and_can_be_raised_for_once()
    {
        using var stage = TwoFrames();

        var (code, _, error) = await ExtractAsync(stage, "--limits", "framesOutMax=1");
        code.ShouldBe(3);
        error.ShouldContain("media.too_many_frames");
        error.ShouldContain("--limits FramesOutMax=NUMBER");

        (await ExtractAsync(stage, "--limits=FramesOutMax=2,StreamsMax=9")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Limits_that_cannot_be_are_refused_before_anything_is_opened()
    {
        foreach (var command in new[] { "extract", "probe" })
        {
            var (code, _, error) = await CliProgram.RunAsync(command, "/nonexistent.mp4", "--limits", "FramesMax=1,StreamsMax=0,DurationSecondsMax=a day,CpuSecondsMax=99999999999,RepeatsMax=3,repeatsMax=4,MemoryBytesMax");

            code.ShouldBe(2);
            foreach (var part in new[] { "'FramesMax' is none of InputBytesMax, ", "StreamsMax must be at least 1", "DurationSecondsMax=43200", "CpuSecondsMax=86400", "give RepeatsMax only once", "MemoryBytesMax=2147483648" })
                error.ShouldContain(part);
        }
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_ends_it_without_leaving_a_file_or_a_process(string signal, int expected)
    {
        using var stage = new FakeDecoder(new Answer().Facts().Frame(0), "cat \"$input.answer\"; : > \"$input.played\"; exec sleep 300");
        using var process = CliProgram.Start("extract", stage.Input, "-o", Target, "--decoder", FakeDecoder.Program);
        await stage.HappenedAsync("played", TestContext.Current.CancellationToken);
        folder.GetFiles().ShouldHaveSingleItem("the unfinished file should be there");

        await CliProgram.SignalAsync(process, signal);

        (await CliProgram.EndAsync(process)).Code.ShouldBe(expected);
        folder.GetFiles().ShouldBeEmpty();
        stage.HasLeftAProcess().ShouldBeFalse();
    }

    [Fact]
    public async Task All_faults_of_the_command_line_are_named_at_once()
    {
        var (code, _, error) = await CliProgram.RunAsync("extract", "a.mp4", "b.mp4", "--fps", "0", "--max-frames=none", "--zoom", "--force=yes", "--width");

        code.ShouldBe(2);
        foreach (var part in new[] { "one video file only", "--fps: ", "--max-frames: ", "--zoom: ", "--force: it takes no value", "--width: a value has to follow" }) error.ShouldContain(part);
    }

    [Fact]
    public async Task An_input_that_is_not_there_is_the_inputs_fault() =>
        (await CliProgram.RunAsync("extract", "/nonexistent.mp4")).Code.ShouldBe(3);

    [Fact]
    public async Task A_missing_decoder_has_its_own_exit_code()
    {
        using var stage = TwoFrames();

        var (code, _, error) = await CliProgram.RunAsync("extract", stage.Input, "-o", Target, "--decoder", "/nonexistent/decoder");

        code.ShouldBe(5);
        error.ShouldContain("media.decoder_unavailable");
        folder.GetFiles().ShouldBeEmpty();
    }

    private static FakeDecoder TwoFrames() => new(new Answer().Facts().Plan(2).Frame(0).Frame(1).Done(2));

    private Task<(int Code, string Out, string Error)> ExtractAsync(FakeDecoder stage, params string[] more) =>
        CliProgram.RunAsync(["extract", stage.Input, "-o", Target, "--decoder", FakeDecoder.Program, .. more]);
}
