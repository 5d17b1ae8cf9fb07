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

    [Theory, MemberData(nameof(Ways))]
    public async Task Moments_and_numbers_outside_the_ranges_are_missing_like_those_that_are_not_there(Clip clip, bool leastWork)
    {
        var moments = await DecodeAsync(clip, leastWork, ("timestamps", "0.5,1,1.5,1.9,2.5,60"), ("ranges", "1-1.9,2.4-"));
        var numbers = await DecodeAsync(clip, leastWork, ("frames", "0,24-28,900"), ("from", "1"), ("to", "1.1"));

        moments.Images.Count.ShouldBe(3);
        Told(moments).ShouldBe([0.5, 1.9, 60]);
        numbers.Images.ShouldAllBe(image => Seconds(image, numbers) >= 1 && Seconds(image, numbers) < 1.1m);
        numbers.Images.Count.ShouldBeInRange(2, 4);
        var told = numbers.Warnings.Where(warning => warning.Code == "frame_out_of_range").Select(warning => warning.Message).ToList();
        told[0].ShouldBe("The video has no frame 0 in the ranges asked for.");
        told[^1].ShouldBe("The video has no frame 900 in the ranges asked for.");
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Moments_that_are_missing_are_told_also_when_there_are_images_enough_or_none(Clip clip, bool leastWork)
    {
        Told(await DecodeAsync(clip, leastWork, ("timestamps", "0.5,1.5,1000"), ("maxFrames", "2"))).ShouldBe([1000]);
        Told(await DecodeAsync(clip, leastWork, ("timestamps", "0.5,1.5,2.5,1000"), ("maxFrames", "1"))).ShouldBe([1000]);
        Told(await DecodeAsync(clip, leastWork, ("timestamps", "0.5,0.6,1000"), ("maxFrames", "1"), ("dedupe", "32"))).ShouldBe([1000]);
        var none = await DecodeAsync(clip, leastWork, ("timestamps", "700,1000"));

        none.Fault!.Code.ShouldBe(MediaFault.NothingSelected.Code);
        Told(none).ShouldBe([700, 1000]);
    }

    [Fact]
    public async Task A_failure_for_want_of_images_carries_what_is_missing()
    {
        var extractor = new VideoExtractor(new VideoExtractorOptions { DecoderPath = BuiltProgram.Decoder });
        var options = new ExtractionOptions { Sampling = new Sampling.Timestamps([new Rational(700, 1), new Rational(1000, 1)]) };

        var failure = await Should.ThrowAsync<MediaException>(async () => await extractor.ExtractAsync(
            await GoodClips.ThreeSeconds.PathAsync(Cancellation), new InputFacts("in", 1), options, new ExtractionOutputs { Archive = Stream.Null }, null, Cancellation));

        failure.Fault.ShouldBe(MediaFault.NothingSelected);
        failure.Warnings.Select(warning => warning.AtSeconds).ShouldBe([700, 1000]);
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

    [Theory]
    [InlineData("timestamps", "0.5,1.5,2.5", "Nothing is on screen at 0.5 s in the ranges asked for.")]
    [InlineData("frames", "5,30,70", "The video has no frame 5 in the ranges asked for.")]
    public async Task What_lies_outside_the_ranges_is_told_through_the_decoder_process_too(string mode, string values, string sentence)
    {
        ExtractionOptionsParser.TryParse(new Dictionary<string, string> { [mode] = values, ["from"] = "1" }, out var options, out _).ShouldBeTrue();
        var reading = new VideoExtractor(new VideoExtractorOptions { DecoderPath = BuiltProgram.Decoder }).ReadAsync(await GoodClips.ThreeSeconds.PathAsync(Cancellation), options!, Cancellation);
        var frames = 0;

        await foreach (var _ in reading) frames++;

        frames.ShouldBe(2);
        reading.Warnings.ShouldHaveSingleItem().Message.ShouldBe(sentence);
    }

    private static IEnumerable<double?> Told(Decoded decoded) =>
        decoded.Warnings.Where(warning => warning.Code == MediaWarning.TimestampOutOfRange).Select(warning => warning.AtSeconds);

    private static decimal Seconds(DecodedImage image, Decoded decoded) =>
        (decimal)image.Header.Pts * image.Header.TimeBaseNumerator / image.Header.TimeBaseDenominator - (decimal)decoded.Facts!.StartSeconds;

    private static async Task<Decoded> DecodeAsync(Clip clip, bool leastWork, params (string Option, string Value)[] options)
    {
        ExtractionOptionsParser.TryParse(options.ToDictionary(pair => pair.Option, pair => pair.Value), out var parsed, out _).ShouldBeTrue();
        return await Decoded.RunAsync(await clip.PathAsync(Cancellation), parsed!, leastWork: leastWork);
    }
}
