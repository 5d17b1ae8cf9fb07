using Fotograma.Clips;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>
/// A video that was cut off, or whose last key frame is missing, gives the frames that the ffmpeg program gives for the very same bytes: all of them, at
/// the same times, with the same pixels, whether everything is decoded or as little as possible.
/// </summary>
[Collection(AloneInTheProcess.Name)]
public sealed class CutOffTests
{
    private static readonly ExtractionOptions All = FfmpegFrames.Stored(new Sampling.All());
    private static readonly ExtractionOptions Keys = FfmpegFrames.Stored(new Sampling.KeyFrames());
    private static readonly ExtractionOptions FourASecond = FfmpegFrames.Stored(new Sampling.Rate(new Rational(4, 1)));

    /// <summary>One for each container, with different codecs. Of MP4 with the index at the end one says all: without the index there is nothing.</summary>
    private static readonly Clip[] Some =
    [
        GoodClips.Bt709, OddClips.FastStart, OddClips.Fragmented, OddClips.NoCues, OddClips.HevcOpen, OddClips.Vp9Groups, GoodClips.Av1Webm, GoodClips.MjpegAvi,
        GoodClips.Mpeg2Ps, GoodClips.TsWithSound, OddClips.Jump, GoodClips.WmvAsf, OddClips.FlashVideo, GoodClips.TheoraOgg,
    ];

    /// <summary>
    /// A picture of Motion JPEG that is cut off in the middle keeps below the cut what its memory held before: one of the pictures before it, and not the
    /// same one for every program. Its time is the same, and so are all other pictures.
    /// </summary>
    private static readonly Clip[] LastPictureIsUndefined = [GoodClips.MjpegAvi, GoodClips.Mjpeg422Avi];

    /// <summary><c>./dev soak</c> asks for the whole gallery.</summary>
    public static IEnumerable<TheoryDataRow<Clip>> Clips =>
        (Environment.GetEnvironmentVariable("FOTOGRAMA_CUTS") == "all" ? GoodClips.All.Concat(OddClips.All) : Some).Select(clip => new TheoryDataRow<Clip>(clip));

    public static IEnumerable<TheoryDataRow<Clip, Clip>> WithoutLastKey => OddClips.WithoutLastKey.Select(pair => new TheoryDataRow<Clip, Clip>(pair.Clip, pair.Whole));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Clips))]
    public async Task A_video_cut_off_at_any_tenth_gives_the_frames_that_ffmpeg_gives(Clip clip)
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-cut").FullName;
        try
        {
            var whole = await File.ReadAllBytesAsync(await clip.PathAsync(Cancellation), Cancellation);
            var cuts = Enumerable.Range(1, 9).Select(tenths => Path.Combine(folder, $"{tenths * 10}-{clip.Name}")).ToList();
            for (var i = 0; i < cuts.Count; i++) await File.WriteAllBytesAsync(cuts[i], whole[..(int)((i + 1L) * whole.Length / 10)], Cancellation);
            var theirs = await FfmpegFrames.OfAllAsync(cuts);
            var differences = new List<string>();
            for (var i = 0; i < cuts.Count; i++) differences.AddRange(await DifferencesAsync(cuts[i], theirs[i], LastPictureIsUndefined.Contains(clip)));
            differences.ShouldBeEmpty();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory, MemberData(nameof(WithoutLastKey))]
    public async Task A_video_whose_last_key_frame_is_missing_gives_the_frames_that_ffmpeg_gives(Clip clip, Clip whole)
    {
        var path = await clip.PathAsync(Cancellation);
        var theirs = await FfmpegFrames.OfAsync(path);
        var complete = await FfmpegFrames.OfAsync(await whole.PathAsync(Cancellation));

        (await DifferencesAsync(path, theirs)).ShouldBeEmpty();
        theirs.Keys.Select(key => key.Hash).ShouldBe(complete.Keys.SkipLast(1).Select(key => key.Hash));
        // Up to the key frame before, nothing can refer to the missing one.
        var before = complete.All.TakeWhile(frame => frame.Hash != complete.Keys[^2].Hash).Select(frame => frame.Hash).ToList();
        theirs.All.Take(before.Count).Select(frame => frame.Hash).ShouldBe(before);
    }

    private static async Task<List<string>> DifferencesAsync(string path, FfmpegFrames theirs, bool lastIsUndefined = false)
    {
        var differences = new List<string>();
        await CompareAsync("every frame", All, leastWork: false, theirs.All);
        await CompareAsync("key frames", Keys, leastWork: true, theirs.Keys);
        await CompareAsync("four a second", FourASecond, leastWork: true, theirs.FourASecond);
        await CompareAsync("four a second", FourASecond, leastWork: false, theirs.FourASecond);
        return differences;

        async Task CompareAsync(string what, ExtractionOptions options, bool leastWork, IReadOnlyList<TimedHash> expected)
        {
            var decoded = await Decoded.RunAsync(path, options, leastWork: leastWork);
            var ours = decoded.Fault is null ? FfmpegFrames.Of(decoded) : [];
            // The last of four a second may stand for several moments.
            if (lastIsUndefined && expected.Count > 0 && ours.Count > 0) (ours, expected) = (Without(ours, ours[^1].Hash), Without(expected, expected[^1].Hash));
            if (options.Sampling is Sampling.Rate) ours = [.. ours.Select(frame => frame with { Ticks = 0 })];
            var fault = FaultOf(theirs, expected);
            if (ours.SequenceEqual(expected) && (decoded.Fault is null ? fault.Length == 0 : fault.Contains(decoded.Fault.Code))) return;
            var same = ours.Zip(expected).TakeWhile(pair => pair.First == pair.Second).Count();
            differences.Add($"{Path.GetFileName(path)}: {what}, least work {leastWork}: {ours.Count} frames and {decoded.Fault}, of ffmpeg {expected.Count}; "
                + $"the first {same} are the same, then {ours.ElementAtOrDefault(same)} is {expected.ElementAtOrDefault(same)}");
        }
    }

    /// <summary>How it must end where ffmpeg gives nothing: without an index, or without a whole picture; or because nothing is on screen when asked for.</summary>
    private static string[] FaultOf(FfmpegFrames theirs, IReadOnlyList<TimedHash> expected)
    {
        if (theirs.All.Count == 0) return ["media.truncated", "media.undecodable"];
        return expected.Count == 0 ? ["media.nothing_selected"] : [];
    }

    private static IReadOnlyList<TimedHash> Without(IReadOnlyList<TimedHash> frames, string hash) => [.. frames.Select(frame => frame.Hash == hash ? frame with { Hash = "" } : frame)];
}
