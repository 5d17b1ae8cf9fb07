using Fotograma.Clips;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;
using Fotograma.Media.Tests.Decoding;

namespace Fotograma.Media.Tests.Reading;

/// <summary>A probe says beforehand, without decoding, what an extraction would find out.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class SurveyTests
{
    private static readonly ExtractionOptions Everything = new() { Sampling = new Sampling.All(), Format = ImageFormat.Jpeg };

    /// <summary>What the packets tell.</summary>
    private static readonly string[] Told = ["variable_frame_rate", "timestamps_missing", "time_jumps", "cut_off"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static IEnumerable<TheoryDataRow<Clip>> Gallery => GoodClips.All.Concat(OddClips.All).Select(clip => new TheoryDataRow<Clip>(clip));

    public static IEnumerable<TheoryDataRow<Clip>> InterlacedClips =>
        [new(GoodClips.TopFirst), new(GoodClips.BottomFirst), new(GoodClips.InterlacedMpeg2), new(GoodClips.InterlacedTenBit), new(OddClips.Interlaced), new(OddClips.Mpeg2Interlaced)];

    public static IEnumerable<TheoryDataRow<Clip>> Cuttable => [new(OddClips.FastStart), new(GoodClips.H264Mkv), new(GoodClips.Flv)];

    [Theory, MemberData(nameof(Gallery))]
    public async Task A_probe_warns_of_what_decoding_everything_warns_of(Clip clip)
    {
        var path = await clip.PathAsync(Cancellation);
        var extracted = await Decoded.RunAsync(path, Everything, leastWork: false);
        var probed = await ProbeAsync(path);

        probed.Fault.ShouldBeNull();
        probed.WarningCodes.Intersect(Told).Order().ShouldBe(extracted.WarningCodes.Intersect(Told).Order(), clip.Reason);
        probed.Facts!.Warnings.Select(warning => warning.Code).ShouldBe(extracted.Facts!.Warnings.Select(warning => warning.Code));
    }

    [Theory, MemberData(nameof(InterlacedClips))]
    public async Task An_interlaced_video_is_called_that(Clip clip) =>
        (await ProbeAsync(await clip.PathAsync(Cancellation))).WarningCodes.ShouldContain("interlaced");

    [Fact]
    public async Task A_video_that_is_not_interlaced_is_not_called_that() =>
        (await ProbeAsync(await GoodClips.H264Mp4.PathAsync(Cancellation))).WarningCodes.ShouldBeEmpty();

    [Theory, MemberData(nameof(Cuttable))]
    public async Task A_video_whose_second_half_is_missing_is_called_cut_off(Clip clip) =>
        (await HalfAsync(clip, path => ProbeAsync(path))).WarningCodes.ShouldContain("cut_off");

    [Fact]
    public async Task A_video_too_long_to_be_read_in_time_is_described_as_far_as_it_was_read()
    {
        var decoded = await HalfAsync(GoodClips.Flv, path => ProbeAsync(path, new Racing()));

        decoded.Fault.ShouldBeNull();
        decoded.Facts!.Codec.ShouldBe("h264");
        decoded.WarningCodes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(54)]
    [InlineData(75)]
    [InlineData(78)]
    [InlineData(81)]
    [InlineData(84)]
    [InlineData(99)]
    [InlineData(180)]
    public async Task A_steady_video_of_which_a_part_was_read_is_not_called_variable(int probeSecondsMax)
    {
        var decoded = await ProbeAsync(await GoodClips.H264Mkv.PathAsync(Cancellation), new Racing(), new DecoderLimits { ProbeSecondsMax = probeSecondsMax });
        decoded.WarningCodes.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(InterlacedClips))]
    public async Task Images_of_an_interlaced_video_that_are_left_as_they_are_come_with_the_warning(Clip clip)
    {
        var decoded = await Decoded.RunAsync(await clip.PathAsync(Cancellation), new ExtractionOptions { Sampling = new Sampling.Count(1), Deinterlace = Deinterlacing.Off });
        decoded.WarningCodes.ShouldContain("interlaced");
    }

    public static TheoryData<Clip, string[]> Peculiar => new()
    {
        { GoodClips.H264Mp4, [] }, { GoodClips.Turned[0], ["rotation_applied"] }, { GoodClips.Oblique, ["rotation_ignored"] }, { GoodClips.Anamorphic, ["pixels_squared"] },
        { GoodClips.AbsurdPixels, ["pixel_aspect_ignored"] }, { GoodClips.Bt2020TenBit, ["hdr"] }, { OddClips.Hlg, ["hdr"] }, { GoodClips.PqTurned, ["rotation_applied", "hdr"] },
        { GoodClips.TopFirst, ["interlaced"] }, { GoodClips.VfrMp4, ["variable_frame_rate"] }, { GoodClips.Mpeg4Avi, ["timestamps_missing"] }, { OddClips.Jump, ["time_jumps"] },
        { OddClips.JumpAhead, ["time_jumps"] }, { OddClips.Pause, ["variable_frame_rate"] },
    };

    [Theory, MemberData(nameof(Peculiar))]
    public async Task A_probe_says_what_is_peculiar_about_a_video_and_nothing_else(Clip clip, string[] codes) =>
        (await ProbeAsync(await clip.PathAsync(Cancellation))).WarningCodes.ShouldBe(codes, ignoreOrder: true);

    [Theory]
    [InlineData("h264.mp4", 0, false)]
    [InlineData("turned90.mov", 90, false)]
    [InlineData("turned180.mov", 180, false)]
    [InlineData("turned270.mov", 270, false)]
    [InlineData("mirrored.mov", 0, true)]
    [InlineData("upended.mov", 180, true)]
    [InlineData("transposed.mov", 90, true)]
    [InlineData("antitransposed.mov", 270, true)]
    public async Task A_turn_and_a_mirror_are_told_apart(string name, int rotation, bool mirrored)
    {
        var facts = (await ProbeAsync(await GoodClips.All.Single(clip => clip.Name == name).PathAsync(Cancellation))).Facts!;
        (facts.Rotation, facts.Mirrored).ShouldBe((rotation, mirrored));
    }

    [Fact]
    public async Task What_only_the_pictures_say_of_their_orientation_is_told_with_the_images()
    {
        var path = await OddClips.TurnedInside.PathAsync(Cancellation);
        var decoded = await Decoded.RunAsync(path, new ExtractionOptions { Sampling = new Sampling.Numbered([new FrameRange(0, 0)]) });

        (decoded.Images[0].Header.Width, decoded.Images[0].Header.Height).ShouldBe((64, 96));
        var pixels = await Reference.PixelsAsync(decoded.Images);
        // Only the first picture says so, and ffmpeg, which begins anew where that changes, has more than one first.
        var expected = await Reference.PixelsAsync(path, "null");
        pixels.AsSpan().SequenceEqual(expected.AsSpan(0, pixels.Length)).ShouldBeTrue();
        decoded.Facts!.Warnings.ShouldBeEmpty();
        decoded.WarningCodes.ShouldBe(["rotation_applied"]);
    }

    [Theory]
    [InlineData("0.5", true, new string[0])]
    [InlineData("0.5,2.5", true, new[] { "hdr" })]
    [InlineData("0.5,2.5", false, new[] { "hdr_kept" })]
    public async Task What_only_the_pictures_say_of_their_range_is_told_with_the_images(string moments, bool isMapped, string[] codes)
    {
        var decoded = await Decoded.RunAsync(await OddClips.HdrLater.PathAsync(Cancellation), new ExtractionOptions
        {
            Sampling = new Sampling.Timestamps([.. moments.Split(',').Select(moment => Rational.TryParse(moment, out var seconds) ? seconds : default)]), ToneMap = isMapped,
        });

        decoded.Facts!.Warnings.ShouldBeEmpty();
        // Where the parts were put together the transport stream counts wrongly.
        decoded.WarningCodes.Except(["damaged"]).ShouldBe(codes);
    }

    private static Task<Decoded> ProbeAsync(string path, TimeProvider? time = null, DecoderLimits? limits = null) =>
        Decoded.RunAsync(path, Everything, operation: "probe", time: time, limits: limits);

    private static async Task<Decoded> HalfAsync(Clip clip, Func<string, Task<Decoded>> work)
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-probe-half-");
        try
        {
            var bytes = await File.ReadAllBytesAsync(await clip.PathAsync(Cancellation), Cancellation);
            var path = Path.Combine(folder.FullName, clip.Name);
            await File.WriteAllBytesAsync(path, bytes[..(bytes.Length / 2)], Cancellation);
            return await work(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A clock on which a second passes whenever it is looked at.</summary>
    private sealed class Racing : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Increment(ref now);
    }
}
