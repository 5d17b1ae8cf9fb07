using Fotograma.Clips;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>The ways to choose frames that are no grid, held against what ffmpeg and ffprobe know of the frames.</summary>
public sealed class ModesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static IEnumerable<TheoryDataRow<Clip>> Clips => GoodClips.All.Concat(OddClips.All).Select(clip => new TheoryDataRow<Clip>(clip));

    /// <summary>Videos of one picture have nothing between two.</summary>
    private static readonly Clip[] Single = [OddClips.OnePicture, OddClips.OnePictureMkv];

    /// <summary>Videos whose times do not always grow, because those of some frames are made up: what is on screen between two of them is not to be told from the times.</summary>
    private static readonly Clip[] MadeUp = [OddClips.BeforeZero];

    public static IEnumerable<TheoryDataRow<Clip>> ClipsOfMoments => Clips.Where(row => !Single.Contains(row.Data) && !MadeUp.Contains(row.Data));

    public static IEnumerable<TheoryDataRow<Clip>> Cuts => [new(GoodClips.Slides), new(GoodClips.FadeFromBlack), new(GoodClips.TenBit), new(GoodClips.VfrMp4), new(GoodClips.Mpeg2Ps), new(OddClips.Pyramid)];

    [Theory, MemberData(nameof(Clips))]
    public async Task All_frames_are_all_that_ffmpeg_decodes(Clip clip)
    {
        var path = await clip.PathAsync(Cancellation);
        var decoded = await Decoded.RunAsync(path, Stored(new Sampling.All()));

        decoded.Images.Select(image => image.Header.SourceFrame).ShouldBe(Enumerable.Range(0, decoded.Images.Count).Select(number => (long)number));
        decoded.Images.Select(image => image.Header.Pts).ShouldBeInOrder();
        var expected = await Reference.PixelsAsync(path, "null");
        (await Reference.PixelsAsync(decoded.Images)).AsSpan().SequenceEqual(expected).ShouldBeTrue($"{clip}: pixels differ");
    }

    /// <summary>Those that are not among the others because their pictures are not all of one kind, or are too many.</summary>
    public static IEnumerable<TheoryDataRow<Clip>> Changing => [new(GoodClips.SizeChange), new(OddClips.HdrLater), new(OddClips.LongGroup), new(OddClips.MidBroadcast)];

    [Theory, MemberData(nameof(Changing))]
    public async Task A_video_that_changes_within_itself_gives_the_frames_that_ffmpeg_gives(Clip clip)
    {
        var path = await clip.PathAsync(Cancellation);
        var ours = FfmpegFrames.Of(await Decoded.RunAsync(path, FfmpegFrames.Stored(new Sampling.All())));

        ours.Count.ShouldBeGreaterThan(20);
        ours.ShouldBe((await FfmpegFrames.OfAsync(path)).All);
    }

    [Theory, MemberData(nameof(Clips))]
    public async Task Frames_by_their_number_have_the_pixels_of_ffmpeg(Clip clip)
    {
        var path = await clip.PathAsync(Cancellation);
        var decoded = await Decoded.RunAsync(path, Stored(new Sampling.Numbered([new FrameRange(0, 0), new FrameRange(5, 7), new FrameRange(21, 21), new FrameRange(33, 34)])));

        var expected = await Reference.PixelsAsync(path, "select=eq(n\\,0)+between(n\\,5\\,7)+eq(n\\,21)+between(n\\,33\\,34)");
        (await Reference.PixelsAsync(decoded.Images)).AsSpan().SequenceEqual(expected).ShouldBeTrue($"{clip}: pixels differ");
    }

    [Theory, MemberData(nameof(Clips))]
    public async Task Key_frames_are_those_that_ffprobe_calls_so(Clip clip)
    {
        var path = await clip.PathAsync(Cancellation);
        var decoded = await Decoded.RunAsync(path, Stored(new Sampling.KeyFrames()));

        decoded.Images.Select(image => image.Header.SourceFrame).ShouldBe(await Reference.KeysAsync(path));
        decoded.Images.ShouldAllBe(image => image.Header.KeyFrame);
    }

    [Theory, MemberData(nameof(ClipsOfMoments))]
    public async Task A_moment_between_two_frames_shows_the_first_of_them(Clip clip)
    {
        var path = await clip.PathAsync(Cancellation);
        var all = await Decoded.RunAsync(path, Stored(new Sampling.All()));
        var times = all.Images.Select(image => Seconds(image) - (decimal)all.Facts!.StartSeconds).ToList();
        times.Zip(times.Skip(1)).ShouldAllBe(pair => pair.Second > pair.First, $"{clip}");
        int[] between = [.. Enumerable.Range(0, times.Count - 1).Where(i => i % 7 == 3 && times[i] >= 0)];
        between.ShouldNotBeEmpty($"{clip}");

        var moments = between.Select(i => Exact((times[i] + times[i + 1]) / 2));
        var decoded = await Decoded.RunAsync(path, Stored(new Sampling.Timestamps([.. moments])));

        decoded.Images.Select(image => image.Header.SourceFrame).ShouldBe(between.Select(i => (long)i));
        decoded.Images.Select(image => image.Header.Pts).ShouldBe(between.Select(i => all.Images[i].Header.Pts));
    }

    [Theory, MemberData(nameof(Cuts))]
    public async Task Scenes_begin_where_ffmpeg_sees_as_much_change(Clip clip)
    {
        var path = await clip.PathAsync(Cancellation);
        var scores = await Reference.SceneScoresAsync(path);
        foreach (var threshold in (Rational[])[new(0, 1), new(1, 100), new(1, 10), new(3, 10)])
        {
            var decoded = await Decoded.RunAsync(path, Stored(new Sampling.Scenes(threshold)));

            decoded.Images.Select(image => image.Header.SourceFrame).ShouldBe(
                Enumerable.Range(0, scores.Count).Where(i => i == 0 || scores[i] > threshold.ToDouble()).Select(i => (long)i), $"{clip} by {threshold}");
            foreach (var image in decoded.Images) ((double)image.Header.SceneScore).ShouldBe(scores[(int)image.Header.SourceFrame], 0.000001);
        }
    }

    private static ExtractionOptions Stored(Sampling sampling) =>
        new() { Sampling = sampling, SquarePixels = false, ToneMap = false, Deinterlace = Deinterlacing.Off };

    private static decimal Seconds(DecodedImage image) => (decimal)image.Header.Pts * image.Header.TimeBaseNumerator / image.Header.TimeBaseDenominator;

    private static Rational Exact(decimal seconds) => new((long)(seconds * 1_000_000), 1_000_000);
}
