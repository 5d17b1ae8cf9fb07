using Fotograma.Clips;
using Fotograma.Media.Decoding;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Decoding;

public sealed class RefusalTests
{
    private static readonly ExtractionOptions OneASecond = new() { Sampling = new Sampling.Rate(new Rational(1, 1)) };

    public static IEnumerable<TheoryDataRow<Clip, string>> Files => BadClips.All.Select(bad => new TheoryDataRow<Clip, string>(bad.Clip, bad.Code));

    [Theory, MemberData(nameof(Files))]
    public async Task File_is_refused_with_its_code(Clip clip, string code)
    {
        var decoded = await RunAsync(clip, OneASecond);
        decoded.Fault.ShouldNotBeNull();
        decoded.Fault.Code.ShouldBe(code, decoded.Fault.Detail);
        decoded.ExitCode.ShouldBe(DecodeSession.FaultExitCode);
        decoded.Done.ShouldBeNull();
    }

    [Fact]
    public async Task Range_after_the_end_selects_nothing() =>
        (await RunAsync(GoodClips.ThreeSeconds, OneASecond with { Ranges = [new TimeRange(new Rational(10, 1), null)] })).Fault!.Code.ShouldBe("media.nothing_selected");

    [Fact]
    public async Task Too_many_pixels_are_refused() =>
        (await RunAsync(GoodClips.H264Mp4, OneASecond, new DecoderLimits { FramePixelsMax = 320 * 180 - 1 })).Fault!.Code.ShouldBe("media.frame_too_large");

    [Fact]
    public async Task Too_long_a_video_is_refused() =>
        (await RunAsync(GoodClips.FiveSeconds, OneASecond, new DecoderLimits { DurationSecondsMax = 3 })).Fault!.Code.ShouldBe("media.too_long");

    [Fact]
    public async Task Too_many_images_are_refused() =>
        (await RunAsync(GoodClips.FiveSeconds, OneASecond, new DecoderLimits { FramesOutMax = 4 })).Fault!.Code.ShouldBe("media.too_many_frames");

    [Fact]
    public async Task Too_many_bytes_are_refused() =>
        (await RunAsync(GoodClips.FiveSeconds, OneASecond, new DecoderLimits { OutputBytesMax = 5000 })).Fault!.Code.ShouldBe("media.output_too_large");

    private static async Task<Decoded> RunAsync(Clip clip, ExtractionOptions options, DecoderLimits? limits = null) =>
        await Decoded.RunAsync(await clip.PathAsync(TestContext.Current.CancellationToken), options, limits: limits);
}
