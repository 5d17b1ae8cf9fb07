using Fotograma.Clips;
using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>What was asked for by name and is not in the video is told one by one, and the rest is there.</summary>
public sealed class MissingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static IEnumerable<TheoryDataRow<Clip, bool>> Ways =>
        from clip in (Clip[])[GoodClips.ThreeSeconds, GoodClips.H264Mkv, GoodClips.Flv, GoodClips.Ts] from leastWork in (bool[])[true, false] select new TheoryDataRow<Clip, bool>(clip, leastWork);

    [Theory, MemberData(nameof(Ways))]
    public async Task Every_moment_at_which_nothing_is_on_screen_has_its_warning(Clip clip, bool leastWork)
    {
        var decoded = await DecodeAsync(clip, leastWork, ("timestamps", "0.5,7,1.5,00:01:00,2.5,60.25"));

        decoded.Images.Count.ShouldBe(3);
        decoded.Warnings.Where(warning => warning.Code == "timestamp_out_of_range").Select(warning => warning.AtSeconds).ShouldBe([7, 60, 60.25]);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Every_number_and_range_of_numbers_that_the_video_does_not_have_has_its_warning(Clip clip, bool leastWork)
    {
        var decoded = await DecodeAsync(clip, leastWork, ("frames", "0,10,500,900-1000"));

        decoded.Images.Select(image => image.Header.SourceFrame).ShouldBe([0L, 10]);
        decoded.Warnings.Where(warning => warning.Code == "frame_out_of_range").Select(warning => warning.Message).ShouldBe(
            ["The video has no frame 500.", "The video has no frame 900 to 1000."]);
    }

    [Fact]
    public async Task Moments_before_the_picture_begins_are_missing_too()
    {
        var decoded = await DecodeAsync(GoodClips.LatePicture, leastWork: true, ("timestamps", "0,0.3,1"));

        decoded.Images.Count.ShouldBe(1);
        decoded.Warnings.Where(warning => warning.Code == "timestamp_out_of_range").Select(warning => warning.AtSeconds).ShouldBe([0, 0.3]);
    }

    [Fact]
    public async Task Of_as_many_moments_as_can_be_asked_for_all_that_are_missing_are_told()
    {
        var moments = Enumerable.Range(0, OptionRanges.TimestampsMax).Select(i => new Rational(i, 1));
        var options = new ExtractionOptions { Sampling = new Sampling.Timestamps([.. moments]) };
        var extractor = new VideoExtractor(new VideoExtractorOptions { DecoderPath = BuiltProgram.Decoder });

        var result = await extractor.ExtractAsync(await GoodClips.ThreeSeconds.PathAsync(Cancellation), new InputFacts("in", 1), options,
            new ExtractionOutputs { Archive = Stream.Null }, null, Cancellation);

        result.Frames.ShouldBe(3);
        result.Warnings.Where(warning => warning.Code == MediaWarning.TimestampOutOfRange).Select(warning => (int)warning.AtSeconds!.Value)
            .ShouldBe(Enumerable.Range(3, OptionRanges.TimestampsMax - 3));
    }

    private static async Task<Decoded> DecodeAsync(Clip clip, bool leastWork, params (string Option, string Value)[] options)
    {
        ExtractionOptionsParser.TryParse(options.ToDictionary(pair => pair.Option, pair => pair.Value), out var parsed, out _).ShouldBeTrue();
        return await Decoded.RunAsync(await clip.PathAsync(Cancellation), parsed!, leastWork: leastWork);
    }
}
