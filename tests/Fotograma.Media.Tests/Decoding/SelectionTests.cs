using Fotograma.Clips;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Decoding;

public sealed class SelectionTests
{
    private static readonly ExtractionOptions OneASecond = new() { Sampling = new Sampling.Rate(new Rational(1, 1)) };

    public static IEnumerable<TheoryDataRow<Clip, int>> Lengths => [new(GoodClips.OneSecond, 1), new(GoodClips.ThreeSeconds, 3), new(GoodClips.FiveSeconds, 5)];

    [Theory, MemberData(nameof(Lengths))]
    public async Task Clip_of_n_seconds_gives_n_frames(Clip clip, int seconds) =>
        (await RunAsync(clip, OneASecond)).Images.Select(image => image.Header.SourceFrame).ShouldBe(Enumerable.Range(0, seconds).Select(second => second * 25L));

    [Fact]
    public async Task Range_starts_its_own_row_of_moments_and_excludes_its_end()
    {
        var decoded = await RunAsync(GoodClips.FiveSeconds, OneASecond with { Ranges = [new TimeRange(new Rational(13, 10), new Rational(43, 10))] });
        // 1.3, 2.3, 3.3 s; a frame starts every 0.04 s.
        decoded.Images.Select(image => image.Header.SourceFrame).ShouldBe([32L, 57L, 82L]);
    }

    [Fact]
    public async Task Range_may_begin_before_and_end_after_the_video()
    {
        var decoded = await RunAsync(GoodClips.ThreeSeconds, OneASecond with { Ranges = [new TimeRange(new Rational(0, 1), new Rational(100, 1))] });
        decoded.Images.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Count_spreads_frames_over_the_middles_of_equal_parts()
    {
        var decoded = await RunAsync(GoodClips.FiveSeconds, new ExtractionOptions { Sampling = new Sampling.Count(4) });
        // 0.625, 1.875, 3.125, 4.375 s
        decoded.Images.Select(image => image.Header.SourceFrame).ShouldBe([15L, 46L, 78L, 109L]);
        decoded.Plan!.ExpectedFrames.ShouldBe(4);
    }

    public static IEnumerable<TheoryDataRow<Clip>> Clips => GoodClips.All.Concat(OddClips.All).Select(clip => new TheoryDataRow<Clip>(clip));

    [Theory, MemberData(nameof(Clips))]
    public async Task Count_gives_as_many_frames_as_asked(Clip clip) =>
        (await RunAsync(clip, new ExtractionOptions { Sampling = new Sampling.Count(7) })).Images.Count.ShouldBe(7);

    public static IEnumerable<TheoryDataRow<Clip, string>> LateClips =>
        from clip in (Clip[])[GoodClips.LatePicture, GoodClips.LateStart, GoodClips.TsWithSound, GoodClips.FiveSeconds]
        from ranges in (string[])["0-", "0.1-", "0-0.8,0.9-", "0-0.2,0.5-99"]
        select new TheoryDataRow<Clip, string>(clip, ranges);

    [Theory, MemberData(nameof(LateClips))]
    public async Task Count_from_before_the_first_picture_gives_as_many_frames_as_asked(Clip clip, string ranges)
    {
        ExtractionOptionsParser.TryParse(new Dictionary<string, string> { ["count"] = "4", ["ranges"] = ranges }, out var options, out _).ShouldBeTrue();
        var decoded = await RunAsync(clip, options);
        decoded.Images.Count.ShouldBe(4);
        decoded.Plan!.ExpectedFrames.ShouldBe(4);
    }

    [Fact]
    public async Task Count_above_the_number_of_frames_repeats_frames()
    {
        var decoded = await RunAsync(GoodClips.OneSecond, new ExtractionOptions { Sampling = new Sampling.Count(50) });
        decoded.Images.Count.ShouldBe(50);
        decoded.Images.Select(image => image.Header.SourceFrame).Distinct().Count().ShouldBe(25);
    }

    [Fact]
    public async Task Max_frames_stops_early()
    {
        var decoded = await RunAsync(GoodClips.FiveSeconds, OneASecond with { MaxFrames = 2 });
        decoded.Images.Count.ShouldBe(2);
        decoded.Done!.DecodedFrames.ShouldBeLessThan(60);
    }

    [Fact]
    public async Task End_of_range_stops_decoding()
    {
        var decoded = await RunAsync(GoodClips.FiveSeconds, OneASecond with { Ranges = [new TimeRange(null, new Rational(1, 1))] });
        decoded.Images.Count.ShouldBe(1);
        decoded.Done!.DecodedFrames.ShouldBeLessThan(60);
    }

    [Fact]
    public async Task Frame_size_may_change_in_the_middle()
    {
        var decoded = await RunAsync(GoodClips.SizeChange, OneASecond);
        decoded.Images.Select(image => image.Header.Width).ShouldBe([64, 64, 128, 128]);
        decoded.WarningCodes.ShouldContain("size_changes");
    }

    [Fact]
    public async Task Damaged_packets_are_skipped_with_a_warning()
    {
        var decoded = await RunAsync(GoodClips.Damaged, OneASecond);
        decoded.Fault.ShouldBeNull();
        decoded.Images.Count.ShouldBe(5);
        decoded.WarningCodes.ShouldContain("damaged");
    }

    [Fact]
    public async Task Variable_frame_rate_is_noticed_and_a_fixed_one_is_not()
    {
        (await RunAsync(GoodClips.VfrMkv, OneASecond)).WarningCodes.ShouldContain("variable_frame_rate");
        (await RunAsync(GoodClips.Ntsc, OneASecond)).WarningCodes.ShouldNotContain("variable_frame_rate");
        (await RunAsync(GoodClips.H264Mkv, OneASecond)).WarningCodes.ShouldNotContain("variable_frame_rate");
    }

    private static async Task<Decoded> RunAsync(Clip clip, ExtractionOptions options) =>
        await Decoded.RunAsync(await clip.PathAsync(TestContext.Current.CancellationToken), options);
}
