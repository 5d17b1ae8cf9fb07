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

/// <summary>Decoding as little as possible gives the very images that decoding everything gives.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class LeastWorkTests
{
    private const int Seeds = 48;
    private const int RandomAsksEach = 8;

    private static readonly string[] Asks =
    [
        "fps=1", "fps=2/3", "fps=7", "every=1.3;from=0.4", "count=3;from=0", "count=11", "keyframes=true", "all=true;ranges=0.5-0.9,1.7-2.2", "frames=0,1,7-12,40,70",
        "timestamps=0,0.3,0.31,1.111,2.5,2.51,3.9,99", "fps=3;maxFrames=4", "count=4;from=1;to=2.5", "fps=1;from=2.1", "keyframes=true;from=1", "frames=0,20-60;from=1;to=1.7",
        "scenes=0.01;ranges=1.1-1.5,1.5-1.6,2.3-", "timestamps=0.2,1.5,1.6,2.5,77;ranges=1-2,2.4-;maxFrames=2",
    ];

    public static IEnumerable<TheoryDataRow<Clip>> Gallery => GoodClips.All.Concat(OddClips.All).Select(clip => new TheoryDataRow<Clip>(clip));

    public static IEnumerable<TheoryDataRow<int>> Random => Enumerable.Range(1, Seeds).Select(seed => new TheoryDataRow<int>(seed));

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

    [Theory]
    [InlineData("count=2", 90)]
    [InlineData("timestamps=2.5", 30)]
    [InlineData("keyframes=true", 5)]
    [InlineData("scenes=0.1;from=4.2", 60)]
    public async Task Only_what_is_needed_is_decoded(string ask, int framesMax)
    {
        var path = await GoodClips.H264Mp4.PathAsync(TestContext.Current.CancellationToken);
        (await Decoded.RunAsync(path, Parse(ask))).Done!.DecodedFrames.ShouldBeLessThanOrEqualTo(framesMax);
    }

    private static async Task CompareAsync(Clip clip, string ask)
    {
        var path = await clip.PathAsync(TestContext.Current.CancellationToken);
        var least = await Decoded.RunAsync(path, Parse(ask));
        var all = await Decoded.RunAsync(path, Parse(ask), leastWork: false);
        var message = $"{clip.Name} ({clip.Reason}) with {ask}";
        least.Fault?.Code.ShouldBe(all.Fault?.Code, message);
        Describe(least).ShouldBe(Describe(all), message);
        least.WarningCodes.Order().ShouldBe(all.WarningCodes.Order(), message);
    }

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
