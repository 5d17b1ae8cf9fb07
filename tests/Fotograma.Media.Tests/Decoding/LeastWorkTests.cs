using Fotograma.Clips;
using Fotograma.Media.Manifest;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>Tests that count what libav reports run alone: it reports to the whole process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    public const string Name = "alone in the process";
}

/// <summary>
/// Decoding as little as possible gives the very images that decoding everything gives. <c>FOTOGRAMA_SEEDS</c> is the range of seeds of the random videos, 1-24 unless
/// set.
/// </summary>
[Collection(AloneInTheProcess.Name)]
public sealed class LeastWorkTests
{
    private const int UsualSeeds = 24;
    private const int RandomAsksEach = 8;
    private const int RandomAsksOfCuts = 4;

    /// <summary>The seed of a video whose offsets of time are damaged so that pictures are said to be shown in another order than they are: only a decoder can tell.</summary>
    private const int Contradictory = 22;

    /// <summary>Frames that decoders may be ahead of those that are wanted, when it turns out that no more are.</summary>
    private const int DecodedAheadMax = 16;

    private static readonly string[] Asks =
    [
        "fps=1", "fps=2/3", "fps=7", "every=1.3;from=0.4", "count=3;from=0", "count=11", "keyframes=true", "all=true;ranges=0.5-0.9,1.7-2.2", "frames=0,1,7-12,40,70",
        "timestamps=0,0.3,0.31,1.111,2.5,2.51,3.9,99", "fps=3;maxFrames=4", "count=4;from=1;to=2.5", "fps=1;from=2.1", "keyframes=true;from=1", "frames=0,20-60;from=1;to=1.7",
        "scenes=0.01;ranges=1.1-1.5,1.5-1.6,2.3-", "timestamps=0.2,1.5,1.6,2.5,77;ranges=1-2,2.4-;maxFrames=2",
    ];

    public static IEnumerable<TheoryDataRow<Clip>> Gallery => GoodClips.All.Concat(OddClips.All).Select(clip => new TheoryDataRow<Clip>(clip));

    public static IEnumerable<TheoryDataRow<Clip>> Broken =>
        AbuseClips.Liars.Concat(AbuseClips.Wrecks).Append(GoodClips.Damaged).Concat(Enumerable.Range(1, UsualSeeds).Except([Contradictory]).Select(RandomClips.DamagedOf)).Select(clip => new TheoryDataRow<Clip>(clip));

    public static IEnumerable<TheoryDataRow<int>> Random
    {
        get
        {
            var ends = (Environment.GetEnvironmentVariable("FOTOGRAMA_SEEDS") ?? $"1-{UsualSeeds}").Split('-').Select(int.Parse).ToArray();
            return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1).Select(seed => new TheoryDataRow<int>(seed));
        }
    }

    [Theory, MemberData(nameof(Gallery))]
    public async Task Every_clip_gives_the_same_images_either_way(Clip clip)
    {
        foreach (var ask in Asks) await CompareAsync(clip, ask);
    }

    public static IEnumerable<TheoryDataRow<Clip>> Slow => OddClips.Slow.Select(clip => new TheoryDataRow<Clip>(clip));

    [Theory, MemberData(nameof(Slow))]
    public async Task A_picture_that_stays_for_an_hour_gives_the_same_images_either_way(Clip clip)
    {
        foreach (var ask in (string[])["every=600", "count=7", "timestamps=0,1800,3600,7199,90000", "frames=1,5", "keyframes=true", "all=true;ranges=1-3600,3600-"])
            await CompareAsync(clip, ask);
    }

    [Theory, MemberData(nameof(Random))]
    public async Task Every_random_video_gives_the_same_images_either_way(int seed)
    {
        var clip = RandomClips.Of(seed);
        foreach (var ask in Asks) await CompareAsync(clip, ask);
        for (var i = 0; i < RandomAsksEach; i++) await CompareAsync(clip, RandomAsks.Of(seed * 1000 + i));
    }

    /// <summary>Who decodes everything meets pictures that refer to what was cut off, and calls that damage.</summary>
    [Theory, MemberData(nameof(Random))]
    public async Task Every_random_video_that_was_cut_gives_the_same_images_either_way(int seed)
    {
        var clip = RandomClips.CutOf(seed);
        for (var i = 0; i < RandomAsksOfCuts; i++) await CompareAsync(clip, RandomAsks.Of(seed * 1000 + 500 + i), maySeeDamage: true);
    }

    /// <summary>
    /// What is damaged, or lies about itself, comes out the same as well: the same pictures at the same times, unless somebody says that there is damage. How a decoder paints over
    /// that depends on which of its threads is ahead, and who passes over a part has not seen what is wrong with it; nor do pictures that cannot be decoded count for who decodes everything.
    /// Where a limit ends the work, how many pictures were written before is chance; nobody gets them.
    /// </summary>
    [Theory, MemberData(nameof(Broken))]
    public async Task A_damaged_or_lying_video_gives_the_same_images_either_way(Clip clip)
    {
        foreach (var ask in (string[])["fps=1", "timestamps=0,0.3,1.111,2.5", "keyframes=true", "count=3"])
        {
            var (least, all, message) = await BothAsync(clip, ask);
            (least.Fault?.Code).ShouldBe(all.Fault?.Code, message);
            if (least.WarningCodes.Concat(all.WarningCodes).Contains("damaged")) Math.Abs(least.Images.Count - all.Images.Count).ShouldBeLessThanOrEqualTo(1 + (all.Images.Count / 4), message);
            else if (all.Fault is null) Pictures(least).ShouldBe(Pictures(all), message);
            else Pictures(least).Zip(Pictures(all)).ShouldAllBe(pair => pair.First == pair.Second, message);
        }
    }

    private static IEnumerable<string> Pictures(Decoded decoded) => decoded.Images.Select(image => $"{image.Header.Pts} {Sha256Digest.Of(image.Image)}");

    // Hardly more than the frames that what is wanted is predicted from: those that nothing is predicted from are passed over, by each codec's own signs.
    [Theory]
    [InlineData("h264.mp4", "count=2", 24)]
    [InlineData("h264.mp4", "timestamps=2.5", 12)]
    [InlineData("h264.mp4", "keyframes=true", 5)]
    [InlineData("h264.mp4", "scenes=0.1;from=4.2", 31)]
    [InlineData("hevclayers.mp4", "timestamps=0.9", 15)]
    [InlineData("mpeg2.mkv", "timestamps=1.4", 7)]
    [InlineData("mpeg4.mp4", "timestamps=0.4", 7)]
    [InlineData("av1layers.mp4", "timestamps=1.88", 18)]
    [InlineData("refresh.mkv", "fps=1", 100)]
    [InlineData("editlist.mp4", "count=2", 13)]
    [InlineData("fragmented.mp4", "count=2", 13)]
    [InlineData("nocues.mkv", "count=2", 13)]
    [InlineData("opengop.mp4", "timestamps=2.5", 6)]
    [InlineData("opengop.mp4", "fps=1", 40)]
    [InlineData("hevcopen.mkv", "timestamps=2.5", 24)]
    [InlineData("vp9split.webm", "timestamps=2.5", 8)]
    [InlineData("mpeg4empty.mp4", "timestamps=2.5", 14)]
    [InlineData("mpeg4empty.mkv", "timestamps=2.5", 14)]
    [InlineData("vp8ms.webm", "timestamps=0.9", 23)]
    [InlineData("vp9groups.webm", "keyframes=true", 5)]
    [InlineData("cuthevc.mp4", "timestamps=1.5", 6)]
    [InlineData("editlist.mp4", "fps=1", 7)]
    public async Task Only_what_is_needed_is_decoded(string name, string ask, int framesMax)
    {
        var path = await GoodClips.All.Concat(OddClips.All).Single(clip => clip.Name == name).PathAsync(TestContext.Current.CancellationToken);
        (await Decoded.RunAsync(path, Parse(ask))).Done!.DecodedFrames.ShouldBeLessThanOrEqualTo(framesMax);
    }

    private static async Task<(Decoded Least, Decoded All, string Message)> BothAsync(Clip clip, string ask)
    {
        var path = await clip.PathAsync(TestContext.Current.CancellationToken);
        return (await Decoded.RunAsync(path, Parse(ask)), await Decoded.RunAsync(path, Parse(ask), leastWork: false), $"{clip.Name} ({clip.Reason}) with {ask}");
    }

    private static async Task CompareAsync(Clip clip, string ask, bool maySeeDamage = false)
    {
        var (least, all, message) = await BothAsync(clip, ask);
        // What is meant to be less must not be more, whatever the groups are like.
        if (all.Done is { } done) least.Done!.DecodedFrames.ShouldBeLessThanOrEqualTo(done.DecodedFrames + DecodedAheadMax, message);
        (least.Fault?.Code).ShouldBe(all.Fault?.Code, message);
        (least.Done?.Duplicates).ShouldBe(all.Done?.Duplicates, message);
        Describe(least).ShouldBe(Describe(all), message);
        // Whoever decodes in order and is done at the first picture has seen no distance between two.
        var (some, others) = (Told(least), Told(all));
        if (all.Done is not { DecodedFrames: > 2 }) (some, others) = (some.Where(IsNoRate), others.Where(IsNoRate));
        if (maySeeDamage) (some, others) = (some.Where(IsNoDamage), others.Where(IsNoDamage));
        some.ShouldBe(others, message);
    }

    private static bool IsNoRate(string warning) => !warning.Contains("variable_frame_rate", StringComparison.Ordinal);

    private static bool IsNoDamage(string warning) => !warning.Contains("damaged", StringComparison.Ordinal);

    private static IEnumerable<string> Told(Decoded decoded) => decoded.Warnings.Concat(decoded.Facts?.Warnings ?? []).Select(warning => warning.ToString()).Order();

    private static IEnumerable<string> Describe(Decoded decoded) =>
        decoded.Images.Select(image => $"{image.Header} {Sha256Digest.Of(image.Image)}")
            .Concat(decoded.Extras.Select(extra => $"{extra.Header} {Sha256Digest.Of(extra.Jpeg)}"));

    private static ExtractionOptions Parse(string ask)
    {
        var values = ask.Split(';').Select(part => part.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        ExtractionOptionsParser.TryParse(values, out var options, out var problems).ShouldBeTrue(string.Join(' ', problems));
        return options!;
    }
}
