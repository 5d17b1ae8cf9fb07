using System.Diagnostics;
using System.Text.Json;
using Fotograma.Clips;
using Fotograma.Media.Decoding;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>The decoder as a program of its own, as it is shipped, confined and with its parent's word in advance.</summary>
public sealed class DecoderProcessTests
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DeathMax = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_is_answered_and_the_exit_code_is_zero()
    {
        var decoded = await AnswerAsync(await GoodClips.ThreeSeconds.PathAsync(Cancellation), "1");
        decoded.ExitCode.ShouldBe(DecodeSession.DoneExitCode);
        decoded.Facts.ShouldNotBeNull().Codec.ShouldBe("h264");
        decoded.Images.Count.ShouldBe(3);
        decoded.Done.ShouldNotBeNull().Frames.ShouldBe(3);
    }

    [Fact]
    public async Task Probe_gives_facts_and_no_frames()
    {
        var decoded = await AnswerAsync(await GoodClips.ThreeSeconds.PathAsync(Cancellation), "1", operation: "probe");
        (decoded.Facts is not null, decoded.Images.Count, decoded.ExitCode).ShouldBe((true, 0, DecodeSession.DoneExitCode));
    }

    [Fact]
    public async Task Missing_input_is_a_fault()
    {
        var decoded = await AnswerAsync(Path.Combine(AppContext.BaseDirectory, "no-such-video.mp4"), "1");
        (decoded.Fault?.Code, decoded.ExitCode).ShouldBe(("media.decoder_unavailable", DecodeSession.FaultExitCode));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("{}\n")]
    [InlineData("not json\n")]
    [InlineData("{\"operation\":\"extract\"")]
    public async Task Request_that_is_not_understood_ends_with_the_usage_code(string request)
    {
        using var process = Start();
        await process.StandardInput.WriteAsync(request);
        process.StandardInput.Close();
        await process.StandardOutput.ReadToEndAsync(Cancellation).WaitAsync(StartMax, Cancellation);
        await process.WaitForExitAsync(Cancellation).WaitAsync(StartMax, Cancellation);
        process.ExitCode.ShouldBe(DecoderMain.UsageExitCode);
    }

    [Fact]
    public async Task Decoder_dies_when_its_parent_closes_the_pipe_while_it_works()
    {
        using var process = Start();
        await AskAsync(process, await GoodClips.H264Mp4.PathAsync(Cancellation), new Sampling.Count(100_000));
        var output = process.StandardOutput.BaseStream;
        var some = new byte[1 << 20];
        await output.ReadExactlyAsync(some, Cancellation).AsTask().WaitAsync(StartMax, Cancellation);
        process.StandardInput.Close();
        var draining = output.CopyToAsync(Stream.Null, Cancellation);
        await process.WaitForExitAsync(Cancellation).WaitAsync(DeathMax, Cancellation);
        process.ExitCode.ShouldBe(ParentWatch.OrphanExitCode);
        await draining;
    }

    [Fact]
    public async Task Decoder_dies_when_its_parent_closes_the_pipe_and_nobody_reads()
    {
        using var process = Start();
        await AskAsync(process, await GoodClips.H264Mp4.PathAsync(Cancellation), new Sampling.Count(100_000));
        await process.StandardOutput.BaseStream.ReadExactlyAsync(new byte[5], Cancellation).AsTask().WaitAsync(StartMax, Cancellation);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Cancellation).WaitAsync(DeathMax, Cancellation);
        process.ExitCode.ShouldBe(ParentWatch.OrphanExitCode);
    }

    [Fact]
    public async Task Errors_of_a_hostile_file_do_not_flood_the_log()
    {
        const int LogBytesMax = 64 << 10;
        using var process = Start();
        await AskAsync(process, await BadClips.Flood.PathAsync(Cancellation), new Sampling.Rate(new Rational(1, 1)));
        var errors = process.StandardError.ReadToEndAsync(Cancellation);
        await process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, Cancellation).WaitAsync(StartMax, Cancellation);
        (await errors.WaitAsync(StartMax, Cancellation)).Length.ShouldBeInRange(LogBytesMax / 2, LogBytesMax);
        await process.WaitForExitAsync(Cancellation).WaitAsync(StartMax, Cancellation);
        process.ExitCode.ShouldBe(DecodeSession.FaultExitCode);
    }

    private static async Task<Decoded> AnswerAsync(string path, string rate, string operation = "extract")
    {
        using var process = Start();
        Rational.TryParse(rate, out var parsed).ShouldBeTrue();
        await AskAsync(process, path, new Sampling.Rate(parsed), operation);
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output, Cancellation).WaitAsync(StartMax, Cancellation);
        await process.WaitForExitAsync(Cancellation).WaitAsync(StartMax, Cancellation);
        return Decoded.Read(output.ToArray(), process.ExitCode);
    }

    private static async Task AskAsync(Process process, string path, Sampling sampling, string operation = "extract")
    {
        var request = new DecoderRequest(operation, path, new ExtractionOptions { Sampling = sampling }, new DecoderLimits(), 0);
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(request, DecoderJson.Default.DecoderRequest) + "\n\n");
        await process.StandardInput.FlushAsync(Cancellation);
    }

    private static Process Start() => Process.Start(new ProcessStartInfo(BuiltProgram.Decoder)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
