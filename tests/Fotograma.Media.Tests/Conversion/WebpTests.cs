using Fotograma.Clips;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;
using Fotograma.Media.Tests.Decoding;

namespace Fotograma.Media.Tests.Conversion;

public sealed class WebpTests
{
    private static readonly ExtractionOptions Png = new() { Sampling = new Sampling.Rate(new Rational(1, 1)), MaxFrames = 1 };
    private static readonly ExtractionOptions Webp = Png with { Format = ImageFormat.Webp };

    public static IEnumerable<TheoryDataRow<Clip>> Clips =>
    [
        new(GoodClips.H264Mp4), new(GoodClips.Bt709), new(GoodClips.FullRange), new(GoodClips.OddSize), new(GoodClips.TenBit), new(GoodClips.FullChroma),
        new(GoodClips.Gray), new(GoodClips.Av1Webm), new(GoodClips.Turned[0]), new(GoodClips.PqBright),
    ];

    [Theory, MemberData(nameof(Clips))]
    public async Task Webp_holds_the_luma_and_chroma_that_ffmpeg_makes_of_the_picture(Clip clip)
    {
        var path = await clip.PathAsync(TestContext.Current.CancellationToken);
        var decoded = await Decoded.RunAsync(path, Webp with { Quality = 100, ToneMap = false });
        ImageCheck.IsWebp(decoded.Images[0].Image, decoded.Images[0].Header.Width, decoded.Images[0].Header.Height).ShouldBeTrue();
        await ColourCheck.CheckAsync(path, decoded, "webp_pipe", "tv");
    }

    [Fact]
    public async Task Higher_quality_makes_larger_files_with_nothing_but_the_picture()
    {
        var path = await GoodClips.H264Mp4.PathAsync(TestContext.Current.CancellationToken);
        var sizes = new List<int>();
        foreach (var quality in new[] { 1, 50, 90, 100 })
        {
            var image = (await Decoded.RunAsync(path, Webp with { Quality = quality })).Images[0].Image;
            ImageCheck.IsWebp(image, 320, 180).ShouldBeTrue();
            sizes.Add(image.Length);
        }

        sizes.ShouldBeInOrder();
        sizes.Distinct().Count().ShouldBe(sizes.Count);
    }

    [Fact]
    public async Task File_that_is_not_just_such_a_picture_is_refused()
    {
        var path = await GoodClips.OneSecond.PathAsync(TestContext.Current.CancellationToken);
        var image = (await Decoded.RunAsync(path, Webp)).Images[0].Image;
        ImageCheck.IsWebp(image, 64, 48).ShouldBeTrue();
        ImageCheck.IsWebp(image, 48, 64).ShouldBeFalse();
        ImageCheck.IsWebp(image.AsSpan()[..^2], 64, 48).ShouldBeFalse();
        ImageCheck.IsWebp([.. image, .. "EXIF\0\0\0\0"u8], 64, 48).ShouldBeFalse();
        ImageCheck.IsWebp([], 64, 48).ShouldBeFalse();
        for (var at = 0; at < 30; at++)
        {
            if (at is >= 20 and < 23) continue; // sizes within the picture's data, which only a decoder understands
            byte[] wrong = [.. image];
            wrong[at] ^= 0x81;
            ImageCheck.IsWebp(wrong, 64, 48).ShouldBe(false, $"byte {at}");
        }
    }
}
