using Fotograma.Clips;
using Fotograma.Media.Options;
using Fotograma.Media.Tests.Decoding;

namespace Fotograma.Media.Tests.Conversion;

public sealed class JpegTests
{
    private static readonly ExtractionOptions Png = new() { Sampling = new Sampling.Rate(new Rational(1, 1)), MaxFrames = 1, ToneMap = false };

    public static IEnumerable<TheoryDataRow<Clip>> Clips => GoodClips.All.Select(clip => new TheoryDataRow<Clip>(clip));

    /// <summary>A wrong range or matrix shifts whole areas by more than ten steps; what the finest quantiser does to single samples is far less.</summary>
    [Theory, MemberData(nameof(Clips))]
    public async Task Jpeg_holds_the_luma_and_chroma_that_ffmpeg_makes_of_the_picture(Clip clip)
    {
        var path = await clip.PathAsync(TestContext.Current.CancellationToken);
        await ColourCheck.CheckAsync(path, await Decoded.RunAsync(path, Png with { Format = ImageFormat.Jpeg, Quality = 100 }), "jpeg_pipe", "pc");
    }

    [Fact]
    public async Task Higher_quality_makes_larger_files_and_says_nothing_about_the_library()
    {
        var path = await GoodClips.H264Mp4.PathAsync(TestContext.Current.CancellationToken);
        var sizes = new List<int>();
        foreach (var quality in new[] { 1, 50, 90, 100 })
        {
            var image = (await Decoded.RunAsync(path, Png with { Format = ImageFormat.Jpeg, Quality = quality })).Images[0].Image;
            image.AsSpan().IndexOf("Lav"u8).ShouldBe(-1);
            sizes.Add(image.Length);
        }

        sizes.ShouldBeInOrder();
        sizes.Distinct().Count().ShouldBe(sizes.Count);
    }

    [Theory]
    [InlineData(ImageFormat.Png)]
    [InlineData(ImageFormat.Jpeg)]
    public async Task Thumbnail_is_a_small_jpeg_of_the_same_picture(ImageFormat format)
    {
        const double MeanDifferenceMax = 12;
        var path = await GoodClips.Bt709.PathAsync(TestContext.Current.CancellationToken);
        var decoded = await Decoded.RunAsync(path, Png with { Format = format }, thumbnailWidth: 48);
        var thumbnail = decoded.Images[0] with { Image = decoded.Images[0].Thumbnail };
        var pixels = await Reference.PixelsAsync([thumbnail], "jpeg_pipe");
        var expected = await Reference.PixelsAsync(path, "fps=1:round=up,scale=48:32:flags=area,trim=end_frame=1");
        pixels.Length.ShouldBe(48 * 32 * 3);
        pixels.Zip(expected).Average(pair => Math.Abs(pair.First - pair.Second)).ShouldBeLessThan(MeanDifferenceMax);
    }

    [Fact]
    public async Task Thumbnail_is_never_larger_than_the_picture()
    {
        var path = await GoodClips.OneSecond.PathAsync(TestContext.Current.CancellationToken);
        var thumbnail = (await Decoded.RunAsync(path, Png, thumbnailWidth: 500)).Images[0].Thumbnail;
        (await Reference.PixelsAsync([new DecodedImage(default, thumbnail, [])], "jpeg_pipe")).Length.ShouldBe(64 * 48 * 3);
    }
}
