using Fotograma.Clips;
using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;
using Fotograma.Media.Tests.Extraction;

namespace Fotograma.Media.Tests.Sandbox;

/// <summary>Every limit ends a job with its own code, with the real decoder where the limit is the decoder's or the kernel's.</summary>
public sealed class LimitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_of_the_file()
    {
        var path = await GoodClips.ThreeSeconds.PathAsync(Cancellation);
        var limits = new DecoderLimits { InputBytesMax = new FileInfo(path).Length - 1 };
        (await FaultAsync(path, limits)).ShouldBe("media.input_too_large");
        (await Should.ThrowAsync<MediaException>(() => Extractor(limits).ProbeAsync(path, Cancellation))).Fault.Code.ShouldBe("media.input_too_large");
    }

    [Fact]
    public async Task Frames_decoded() =>
        (await FaultAsync(await GoodClips.ThreeSeconds.PathAsync(Cancellation), new DecoderLimits { FramesDecodedMax = 20 }, "25")).ShouldBe("media.too_many_decoded");

    [Fact]
    public async Task Frames_decoded_for_the_sake_of_others()
    {
        var last = new Sampling.Timestamps([new Rational(29, 10)]);
        (await FaultAsync(await GoodClips.ThreeSeconds.PathAsync(Cancellation), new DecoderLimits { FramesDecodedMax = 5 }, last)).ShouldBe("media.too_many_decoded");
    }

    [Fact]
    public async Task Processor_time() =>
        (await FaultAsync(await LoadClips.Busy.PathAsync(Cancellation), new DecoderLimits { CpuSecondsMax = 1 }, "30")).ShouldBe("media.cpu_exhausted");

    /// <summary>There is room for one picture and for none that is made of it.</summary>
    [Fact]
    public async Task Memory() =>
        (await FaultAsync(await LoadClips.Large.PathAsync(Cancellation), new DecoderLimits { MemoryBytesMax = 60 << 20, MemoryBytesPerCoreMax = 0 }, "25")).ShouldBe("media.memory_exhausted");

    /// <summary>libav leaves out pictures that it gets no memory for, and goes on.</summary>
    [Fact]
    public async Task Memory_that_runs_out_is_never_a_video_with_holes()
    {
        const int Images = 5;
        foreach (var clip in (Clip[])[LoadClips.Large, LoadClips.LargeTen, LoadClips.Heavy])
        {
            var path = await clip.PathAsync(Cancellation);
            for (var room = 80; room <= 400; room += 120)
            {
                var limits = new DecoderLimits { MemoryBytesMax = (long)room << 20, MemoryBytesPerCoreMax = 0 };
                var (code, images) = await OutcomeAsync(path, limits, new ExtractionOptions { Sampling = new Sampling.All(), Width = 64 });
                (code is "media.memory_exhausted" || images == Images).ShouldBeTrue($"{clip} with {room} MiB: {code} {images}");
            }
        }
    }

    [Fact]
    public async Task Threads()
    {
        const string Swarm = "cat \"$input.answer\"; exec python3 -c 'import threading as t, time\nfor i in range(60): t.Thread(target=time.sleep, args=(300,), daemon=True).start()\ntime.sleep(300)'";
        (await PlayedAsync(new Answer().Facts(), new DecoderLimits { ThreadsMax = 50 }, Swarm)).ShouldBe("media.decoder_misbehaved");
    }

    [Fact]
    public async Task Streams_of_the_file()
    {
        var path = await GoodClips.LatePicture.PathAsync(Cancellation);
        (await FaultAsync(path, new DecoderLimits { StreamsMax = 1 })).ShouldBe("media.too_many_streams");
        (await FaultAsync(path, new DecoderLimits { StreamsMax = 2 })).ShouldBe("");
        (await FaultAsync(await AbuseClips.Bombs.Single(clip => clip.Name == "streams.mkv").PathAsync(Cancellation), new DecoderLimits())).ShouldBe("media.too_many_streams");
    }

    [Fact]
    public async Task Images_of_one_frame()
    {
        var answer = new Answer().Facts();
        for (var i = 0; i < 4; i++) answer.Frame(i, head => head with { Pts = 40, SourceFrame = 1 });
        (await PlayedAsync(answer, new DecoderLimits { RepeatsMax = 3 })).ShouldBe("media.frozen");
        (await PlayedAsync(answer.Done(4), new DecoderLimits { RepeatsMax = 4 })).ShouldBe("");
    }

    [Fact]
    public async Task Bytes_of_images_for_each_byte_of_video()
    {
        var answer = new Answer().Facts().Frame(0).Frame(1).Done(2);
        (await PlayedAsync(answer, new DecoderLimits { OutputFreeBytes = 100, OutputTimesInputMax = 1 })).ShouldBe("media.output_too_large");
        (await PlayedAsync(answer, new DecoderLimits { OutputFreeBytes = 100, OutputTimesInputMax = 1000 })).ShouldBe("");
        (await PlayedAsync(answer, new DecoderLimits { OutputTimesInputMax = 1 })).ShouldBe("");
    }

    [Theory]
    [InlineData("kill -XCPU $$", "media.cpu_exhausted")]
    [InlineData("kill -SYS $$", "media.decoder_misbehaved")]
    [InlineData("echo 'Out of memory.' >&2; kill -ABRT $$", "media.memory_exhausted")]
    [InlineData("kill -ABRT $$", "media.decoder_crashed")]
    public async Task Ends_by_the_kernel(string end, string code) => (await PlayedAsync(new Answer().Facts(), new DecoderLimits(), $"cat \"$input.answer\"; {end}")).ShouldBe(code);

    private static VideoExtractor Extractor(DecoderLimits limits) => new(new VideoExtractorOptions { DecoderPath = BuiltProgram.Decoder, Limits = limits });

    private static async Task<string> FaultAsync(string path, DecoderLimits limits, string rate = "1")
    {
        Rational.TryParse(rate, out var parsed).ShouldBeTrue();
        return await FaultAsync(path, limits, new Sampling.Rate(parsed));
    }

    private static async Task<string> FaultAsync(string path, DecoderLimits limits, Sampling sampling)
    {
        var options = new ExtractionOptions { Sampling = sampling };
        return await CodeAsync(Extractor(limits).ExtractAsync(path, new InputFacts("in", 1), options, new ExtractionOutputs { Archive = Stream.Null }, null, Cancellation));
    }

    private static async Task<(string Code, int Images)> OutcomeAsync(string path, DecoderLimits limits, ExtractionOptions options)
    {
        try
        {
            return ("", (await Extractor(limits).ExtractAsync(path, new InputFacts("in", 1), options, new ExtractionOutputs { Archive = Stream.Null }, null, Cancellation)).Frames);
        }
        catch (MediaException exception)
        {
            return (exception.Fault.Code, 0);
        }
    }

    private static async Task<string> PlayedAsync(Answer answer, DecoderLimits limits, string script = "cat \"$input.answer\"")
    {
        using var stage = new FakeDecoder(answer, script);
        return await CodeAsync(FakeDecoder.Extractor(limits).ExtractAsync(
            stage.Input, new InputFacts("in", 1), ExtractionOptionsParser.Default, new ExtractionOutputs { Archive = Stream.Null }, null, Cancellation));
    }

    private static async Task<string> CodeAsync(Task work)
    {
        try
        {
            await work;
            return "";
        }
        catch (MediaException failure)
        {
            return failure.Fault.Code;
        }
    }
}
