using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fotograma.Clips;
using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;
using Fotograma.Media.Sandbox;
using Fotograma.Media.Tests.Extraction;

namespace Fotograma.Media.Tests.Sandbox;

/// <summary>That every job's decoder is confined, and that none works that is not.</summary>
public sealed class ConfinedDecoderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_thread_of_a_working_decoder_is_confined_and_all_it_has_open_is_its_input_and_its_pipes()
    {
        var path = await GoodClips.H264Mp4.PathAsync(Cancellation);
        using var process = Start(BuiltProgram.Decoder, "required");
        await AskAsync(process, path);
        await SayGoAsync(process);
        var output = process.StandardOutput.BaseStream;
        // Nobody reads on, so the decoder is in the middle of its work while it is looked at.
        await output.ReadExactlyAsync(new byte[100_000], Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        var threads = Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/task"));
        threads.Length.ShouldBeGreaterThan(3);
        foreach (var thread in threads) ConfinementProof.Parse(await File.ReadAllTextAsync(Path.Combine(thread, "status"), Cancellation)).Holds.ShouldBeTrue(thread);
        foreach (var file in OpenFiles(process.Id)) file.ShouldBeOneOf("pipe", "socket", path);
        process.StandardInput.Close();
        await output.CopyToAsync(Stream.Null, Cancellation);
        await process.WaitForExitAsync(Cancellation);
    }

    [Fact]
    public async Task A_decoder_reads_nothing_of_its_video_before_its_parents_word()
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-");
        using var process = Start(BuiltProgram.Decoder, "required");
        try
        {
            var path = Path.Combine(folder.FullName, "video.mp4");
            File.Copy(await GoodClips.ThreeSeconds.PathAsync(Cancellation), path);
            using var reads = new ReadWatcher(folder.FullName);
            await AskAsync(process, path);
            (await ConfinedAsync(process)).Holds.ShouldBeTrue();
            (await reads.UpToAsync("confined", Cancellation)).ShouldNotContain("video.mp4");

            await SayGoAsync(process);
            await process.StandardOutput.BaseStream.ReadExactlyAsync(new byte[1], Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
            (await reads.UpToAsync("begun", Cancellation)).ShouldContain("video.mp4");
        }
        finally
        {
            process.StandardInput.Close();
            process.Kill();
            await process.WaitForExitAsync(Cancellation);
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_decoder_that_does_not_hear_its_parents_word_ends_without_another()
    {
        using var process = Start(BuiltProgram.Decoder, "required");
        await AskAsync(process, await GoodClips.ThreeSeconds.PathAsync(Cancellation));
        (await ConfinedAsync(process)).Holds.ShouldBeTrue();
        process.StandardInput.Close();
        (await process.StandardOutput.BaseStream.ReadAsync(new byte[1], Cancellation)).ShouldBe(0);
        await process.WaitForExitAsync(Cancellation);
    }

    [Fact]
    public async Task A_confined_decoder_keeps_no_descriptor_that_it_was_started_with()
    {
        var path = await GoodClips.ThreeSeconds.PathAsync(Cancellation);
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec 5</etc/passwd 7</ 9<>/dev/null; echo open >&2; exec \"$0\" required", BuiltProgram.Decoder])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        (await process.StandardError.ReadLineAsync(Cancellation)).ShouldBe("open");
        OpenFiles(process.Id).ShouldContain("/etc/passwd");
        await AskAsync(process, path);
        (await ConfinedAsync(process)).Holds.ShouldBeTrue();

        OpenFiles(process.Id).Where(file => file is not ("pipe" or "socket")).ShouldBe([path]);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Cancellation);
    }

    [Fact]
    public async Task The_kernel_knows_the_limits_of_a_confined_decoder()
    {
        using var process = Start(BuiltProgram.Decoder, "required");
        var limits = new DecoderLimits { CpuSecondsMax = 77, MemoryBytesMax = 300L << 20, MemoryBytesPerCoreMax = 0, ThreadsMax = 100 };
        await AskAsync(process, await GoodClips.ThreeSeconds.PathAsync(Cancellation), limits);
        (await ConfinedAsync(process)).Holds.ShouldBeTrue();

        const long StartsWithMax = 64L << 20; // what the program itself may take before it is confined
        const long ReservesMax = 1L << 42; // addresses of the garbage collector
        var known = Limits(process.Id);
        known["Max cpu time"].ShouldBe((77, 79));
        known["Max file size"].ShouldBe((0, 0));
        known["Max core file size"].ShouldBe((0, 0));
        known["Max locked memory"].ShouldBe((0, 0));
        known["Max msgqueue size"].ShouldBe((0, 0));
        known["Max open files"].Hard.ShouldBeInRange(4, 64);
        known["Max data size"].Hard.ShouldBeInRange(300L << 20, (300L << 20) + StartsWithMax);
        known["Max address space"].Hard.ShouldBeInRange(600L << 20, ReservesMax);
        known["Max processes"].Hard.ShouldBeInRange(2L * 100 * Environment.ProcessorCount, 2L * 1_000_000);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Cancellation);
    }

    [Fact]
    public async Task A_decoder_that_cannot_be_confined_says_so_and_does_no_work()
    {
        var refusal = await RefusalAsync(BuiltProgram.LooseDecoder, await GoodClips.ThreeSeconds.PathAsync(Cancellation));
        refusal.Fault.ShouldBe(MediaFault.NotConfined);
        refusal.Detail.ShouldBe("The program is not compiled ahead of time.");
    }

    [Fact]
    public async Task The_sandbox_can_be_left_off()
    {
        var extractor = new VideoExtractor(new VideoExtractorOptions { DecoderPath = BuiltProgram.LooseDecoder, Sandbox = SandboxMode.Off });
        (await extractor.ProbeAsync(await GoodClips.ThreeSeconds.PathAsync(Cancellation), Cancellation)).Codec.ShouldBe("h264");
    }

    [Fact]
    public async Task A_decoder_that_says_nothing_of_being_confined_is_refused()
    {
        using var stage = new FakeDecoder(new Answer().Facts().Frame(0).Done(1));
        (await RefusalAsync(FakeDecoder.Program, stage.Input)).Fault.ShouldBe(MediaFault.NotConfined);
        stage.HasLeftAProcess().ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"seccomp":2,"noNewPrivs":1,"capEff":0,"landlockAbi":7}""", "The kernel says of thread")]
    [InlineData("""{"seccomp":0,"noNewPrivs":1,"capEff":0,"landlockAbi":7}""", "It says")]
    [InlineData("""{"seccomp":2,"noNewPrivs":1,"capEff":0,"landlockAbi":0}""", "It says that it has no Landlock")]
    [InlineData("{}", "It says")]
    public async Task A_decoder_that_lies_about_being_confined_is_refused(string proof, string detail)
    {
        using var stage = new FakeDecoder(new Answer().Text(DecoderMessage.Confined, proof).Facts().Frame(0).Done(1), "cat \"$input.answer\"; exec sleep 300");
        var refusal = await RefusalAsync(FakeDecoder.Program, stage.Input);
        refusal.Fault.ShouldBe(MediaFault.NotConfined);
        refusal.Detail.ShouldStartWith(detail);
        stage.HasLeftAProcess().ShouldBeFalse();
    }

    [Fact]
    public async Task A_proof_that_nobody_awaits_is_refused()
    {
        using var stage = new FakeDecoder(new Answer().Text(DecoderMessage.Confined, """{"seccomp":2,"noNewPrivs":1,"capEff":0}""").Facts().Done(0));
        var refusal = await Should.ThrowAsync<MediaException>(() => FakeDecoder.Extractor().ProbeAsync(stage.Input, Cancellation));
        refusal.Fault.ShouldBe(MediaFault.DecoderMisbehaved);
    }

    private static Task<MediaException> RefusalAsync(string program, string input) => Should.ThrowAsync<MediaException>(() =>
        new VideoExtractor(new VideoExtractorOptions { DecoderPath = program }).ExtractAsync(
            input, new InputFacts("in", 1), ExtractionOptionsParser.Default, new ExtractionOutputs { Archive = Stream.Null }, null, Cancellation));

    private static IEnumerable<string> OpenFiles(int process) => Directory.GetFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd"))
        .Select(entry => new FileInfo(entry).LinkTarget!).Select(target => target.Contains(":[", StringComparison.Ordinal) ? target.Split(':')[0] : target);

    private static Process Start(string program, string mode) => Process.Start(new ProcessStartInfo(program, [mode])
    {
        RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
    })!;

    /// <summary>The first word of a decoder.</summary>
    private static async Task<ConfinementProof> ConfinedAsync(Process process)
    {
        var head = new byte[5];
        await process.StandardOutput.BaseStream.ReadExactlyAsync(head, Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        ((DecoderMessage)head[0]).ShouldBe(DecoderMessage.Confined);
        var proof = new byte[head[1]];
        await process.StandardOutput.BaseStream.ReadExactlyAsync(proof, Cancellation);
        return JsonSerializer.Deserialize(proof, DecoderJson.Default.ConfinementProof).ShouldNotBeNull();
    }

    private static async Task SayGoAsync(Process process)
    {
        await process.StandardInput.WriteAsync('\n');
        await process.StandardInput.FlushAsync(Cancellation);
    }

    private static Dictionary<string, (long Soft, long Hard)> Limits(int process) =>
        File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/limits")).Skip(1).ToDictionary(
            line => line[..26].Trim(), line => (Limit(line[26..47]), Limit(line[47..68])));

    private static long Limit(string text) => text.Trim() == "unlimited" ? long.MaxValue : long.Parse(text, CultureInfo.InvariantCulture);

    private static async Task AskAsync(Process process, string path, DecoderLimits? limits = null)
    {
        var request = new DecoderRequest("extract", path, new ExtractionOptions { Sampling = new Sampling.Count(100_000) }, limits ?? new DecoderLimits(), 0);
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(request, DecoderJson.Default.DecoderRequest) + "\n");
        await process.StandardInput.FlushAsync(Cancellation);
    }
}
