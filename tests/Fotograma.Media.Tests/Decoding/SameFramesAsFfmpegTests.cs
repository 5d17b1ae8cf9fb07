using Fotograma.Clips;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Decoding;

public sealed class SameFramesAsFfmpegTests
{
    public static IEnumerable<TheoryDataRow<Clip>> Clips => GoodClips.All.Concat(OddClips.All).Select(clip => new TheoryDataRow<Clip>(clip));

    [Theory, MemberData(nameof(Clips))]
    public Task One_frame_a_second_has_the_pixels_of_ffmpeg(Clip clip) => CompareAsync(clip, "1", "fps=1:round=up");

    [Theory, MemberData(nameof(Clips))]
    public Task Ntsc_rate_has_the_pixels_of_ffmpeg(Clip clip) => CompareAsync(clip, "30000/1001", "fps=30000/1001:round=up");

    [Theory, MemberData(nameof(Clips))]
    public Task Odd_rate_has_the_pixels_of_ffmpeg(Clip clip) => CompareAsync(clip, "7/3", "fps=7/3:round=up");

    [Theory, MemberData(nameof(Clips))]
    public async Task Every_two_and_a_half_seconds_has_the_pixels_of_ffmpeg(Clip clip)
    {
        var options = Stored(new Sampling.Every(new Rational(5, 2)));
        await CompareAsync(clip, options, "fps=2/5:round=up");
    }

    /// <summary>At full size only: when scaling as well, ffmpeg turns such a video in a deeper format than RGB with eight bits.</summary>
    [Fact]
    public Task Turned_video_with_half_chroma_has_the_pixels_of_ffmpeg() => CompareAsync(GoodClips.TurnedHalfChroma, "7/3", "fps=7/3:round=up");

    [Theory, MemberData(nameof(Clips))]
    public async Task Scaled_frames_have_the_pixels_of_ffmpeg(Clip clip)
    {
        var path = await clip.PathAsync(TestContext.Current.CancellationToken);
        var decoded = await Decoded.RunAsync(path, Stored(Rate("1")) with { Width = UsualReference.FitWidth });
        decoded.Images.ShouldAllBe(image => image.Header.Width <= UsualReference.FitWidth);
        var expected = await Reference.PixelsAsync(path, UsualReference.FittedSeconds);
        (await Reference.PixelsAsync(decoded.Images)).AsSpan().SequenceEqual(expected).ShouldBeTrue($"{clip}: pixels differ");
    }

    public static IEnumerable<TheoryDataRow<Clip>> SlowClips => OddClips.Slow.Select(clip => new TheoryDataRow<Clip>(clip));

    [Theory, MemberData(nameof(SlowClips))]
    public async Task A_picture_that_stays_for_an_hour_is_the_picture_of_every_moment_in_it(Clip clip)
    {
        var everyTenMinutes = Stored(new Sampling.Every(new Rational(600, 1)));
        await CompareAsync(clip, everyTenMinutes, "fps=1/600:round=up");
        var decoded = await Decoded.RunAsync(await clip.PathAsync(TestContext.Current.CancellationToken), everyTenMinutes);
        decoded.Images.Take(12).Select(image => Reference.Seconds(image.Header)).ShouldBe([.. Enumerable.Repeat("0.000000", 6), .. Enumerable.Repeat("3600.000000", 6)]);
    }

    [Theory, MemberData(nameof(Clips))]
    public async Task The_container_begins_and_ends_where_ffprobe_says(Clip clip)
    {
        var path = await clip.PathAsync(TestContext.Current.CancellationToken);
        var facts = (await Decoded.RunAsync(path, Stored(Rate("1")))).Facts!;
        var (start, duration) = await Reference.SpanAsync(path);
        (facts.StartSeconds - facts.LeadSeconds).ShouldBe(start ?? 0, 0.0015, $"{clip}");
        if (duration is { } length) facts.DurationSeconds!.Value.ShouldBe(length, 0.000001);
        else facts.DurationSeconds.ShouldBeNull();
        if (clip == GoodClips.TsWithSound) facts.LeadSeconds.ShouldBe(0.7, 0.1);
    }

    /// <summary>The pictures as they are stored.</summary>
    private static ExtractionOptions Stored(Sampling sampling) =>
        new() { Sampling = sampling, SquarePixels = false, ToneMap = false, Deinterlace = Deinterlacing.Off };

    private static Sampling.Rate Rate(string text) => Rational.TryParse(text, out var rate) ? new Sampling.Rate(rate) : throw new ArgumentException(text);

    private static Task CompareAsync(Clip clip, string rate, string filter) => CompareAsync(clip, Stored(Rate(rate)), filter);

    private static async Task CompareAsync(Clip clip, ExtractionOptions options, string filter)
    {
        var path = await clip.PathAsync(TestContext.Current.CancellationToken);
        var decoded = await Decoded.RunAsync(path, options);
        decoded.Fault.ShouldBeNull();
        var expected = await Reference.PixelsAsync(path, filter);
        var header = decoded.Images[0].Header;
        decoded.Images.Count.ShouldBe(expected.Length / (header.Width * header.Height * 3));
        (await Reference.PixelsAsync(decoded.Images)).AsSpan().SequenceEqual(expected).ShouldBeTrue($"{clip}: pixels differ");
    }
}
