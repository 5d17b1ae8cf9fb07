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
        await process.StandardInput.WriteAsync('\n');
        await process.StandardInput.FlushAsync(Cancellation);
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
    public async Task A_decoder_that_does_not_hear_its_parents_word_reads_nothing()
    {
        using var process = Start(BuiltProgram.Decoder, "required");
        await AskAsync(process, await GoodClips.ThreeSeconds.PathAsync(Cancellation));
        var head = new byte[5];
        await process.StandardOutput.BaseStream.ReadExactlyAsync(head, Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        ((DecoderMessage)head[0]).ShouldBe(DecoderMessage.Confined);
        var proof = new byte[head[1]];
        await process.StandardOutput.BaseStream.ReadExactlyAsync(proof, Cancellation);
        JsonSerializer.Deserialize(proof, DecoderJson.Default.ConfinementProof).ShouldNotBeNull().Holds.ShouldBeTrue();
        process.StandardInput.Close();
        (await process.StandardOutput.BaseStream.ReadAsync(head, Cancellation)).ShouldBe(0);
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

    private static async Task AskAsync(Process process, string path)
    {
        var request = new DecoderRequest("extract", path, new ExtractionOptions { Sampling = new Sampling.Count(100_000) }, new DecoderLimits(), 0);
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(request, DecoderJson.Default.DecoderRequest) + "\n");
        await process.StandardInput.FlushAsync(Cancellation);
    }
}
