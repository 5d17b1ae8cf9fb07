using Fotograma.Clips;
using Fotograma.Media.Conversion;
using Fotograma.Media.Decoding;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Native;
using Fotograma.Media.Options;
using Fotograma.Media.Tests.Decoding;

namespace Fotograma.Media.Tests.Conversion;

/// <summary>Cutting, enlarging and square pixels, held against what ffmpeg's filters make.</summary>
public sealed class PictureTests
{
    private static readonly ExtractionOptions OneASecond = new() { Sampling = new Sampling.Rate(new Rational(1, 1)) };

    public static IEnumerable<TheoryDataRow<Clip>> CropClips =>
        [new(GoodClips.H264Mp4), new(GoodClips.Bt709), new(GoodClips.TenBit), new(GoodClips.FullChroma), new(GoodClips.OddSize), new(GoodClips.Turned[0])];

    [Theory, MemberData(nameof(CropClips))]
    public Task Cut_rectangle_has_the_pixels_of_ffmpeg_even_at_odd_places(Clip clip) =>
        CompareAsync(clip, OneASecond with { Crop = new Crop(7, 5, 41, 33) }, "format=rgb24,crop=41:33:7:5:exact=1");

    [Fact]
    public Task Cut_rectangle_is_scaled_afterwards() => CompareAsync(
        GoodClips.H264Mp4, OneASecond with { Crop = new Crop(10, 20, 200, 100), Width = 50 }, "format=rgb24,crop=200:100:10:20:exact=1,scale=50:25");

    [Fact]
    public Task Whole_picture_may_be_cut_out() => CompareAsync(GoodClips.OddSize, OneASecond with { Crop = new Crop(0, 0, 97, 63) }, "null");

    [Theory]
    [InlineData(0, 0, 98, 63)]
    [InlineData(90, 0, 8, 8)]
    [InlineData(0, 60, 8, 4)]
    [InlineData(500, 500, 8, 8)]
    public async Task Rectangle_outside_the_picture_is_refused_with_the_picture_s_size(int left, int top, int width, int height)
    {
        var decoded = await RunAsync(GoodClips.OddSize, OneASecond with { Crop = new Crop(left, top, width, height) });
        decoded.Fault.ShouldNotBeNull().Code.ShouldBe("media.crop_outside");
        decoded.Fault.Detail.ShouldContain("97x63");
        decoded.Images.ShouldBeEmpty();
    }

    [Fact]
    public Task Enlarged_picture_has_the_pixels_of_ffmpeg() =>
        CompareAsync(GoodClips.ThreeSeconds, OneASecond with { Width = 160, Enlarge = true }, "scale=160:120");

    [Fact]
    public async Task Enlarged_picture_stops_at_the_limit_of_pixels()
    {
        var limits = new DecoderLimits { FramePixelsMax = 100_000 };
        var path = await GoodClips.OneSecond.PathAsync(TestContext.Current.CancellationToken);
        var head = (await Decoded.RunAsync(path, OneASecond with { Width = 16_384, Enlarge = true }, limits: limits)).Images[0].Header;
        (head.Width * head.Height).ShouldBeInRange(99_000, 100_000);
    }

    public static IEnumerable<TheoryDataRow<Clip, int, int>> OblongClips =>
        [new(GoodClips.Anamorphic, 128, 64), new(GoodClips.AnamorphicTs, 107, 80), new(GoodClips.AnamorphicTurned, 48, 96)];

    [Theory, MemberData(nameof(OblongClips))]
    public async Task Pixels_become_square_as_ffmpeg_would_scale_them(Clip clip, int width, int height)
    {
        var decoded = await CompareAsync(clip, OneASecond, $"scale={width}:{height}");
        decoded.Images.ShouldAllBe(image => image.Header.Width == width && image.Header.Height == height);
        decoded.WarningCodes.ShouldContain("pixels_squared");
        (decoded.Facts!.Width, decoded.Facts.Height).ShouldBe((width, height));
    }

    [Theory, MemberData(nameof(OblongClips))]
    public async Task Stored_pixels_stay_when_asked_for(Clip clip, int width, int height)
    {
        var decoded = await CompareAsync(clip, OneASecond with { SquarePixels = false }, "null");
        decoded.WarningCodes.ShouldNotContain("pixels_squared");
        decoded.Images[0].Header.Width.ShouldNotBe(width);
        decoded.Images[0].Header.Height.ShouldBe(height);
    }

    [Fact]
    public Task Rectangle_of_oblong_pixels_is_counted_in_square_ones() => CompareAsync(
        GoodClips.Anamorphic, OneASecond with { Crop = new Crop(100, 10, 28, 20) }, "scale=128:64,format=rgb24,crop=28:20:100:10:exact=1");

    [Fact]
    public void A_picture_that_square_pixels_make_gigantic_is_not_cut()
    {
        Libav.Load();
        var settings = new ImageSettings(OneASecond with { Crop = new Crop(0, 0, 200, 200) }, 0, 35_400_000);
        using var preparer = new PicturePreparer(settings);
        using var picture = new NativeFrame();
        picture.Reshape(8192, 4320, PixelFormat.Named("yuv420p").Number);
        var frame = new ChosenFrame(picture, default, default, 1) { PixelAspect = new PixelAspect(8, 1) };

        Should.Throw<MediaException>(() => preparer.Prepare(frame)).Fault.ShouldBe(MediaFault.FrameTooLarge);
    }

    [Theory]
    [InlineData(ImageFormat.Jpeg, 65_535, 8)]
    [InlineData(ImageFormat.Webp, 16_383, 2)]
    public void A_picture_wider_than_its_format_knows_is_made_smaller(ImageFormat format, int width, int height)
    {
        Libav.Load();
        var settings = new ImageSettings(OneASecond with { Format = format }, 160, 35_400_000);
        using var encoder = new ImageEncoder(settings);
        using var picture = new NativeFrame();
        picture.Reshape(16_384, 16, PixelFormat.Named("yuv420p").Number);
        var image = encoder.Encode(new ChosenFrame(NativeFrame.SharedWith(picture), default, default, 1) { PixelAspect = new PixelAspect(8, 1) });

        (image.Width, image.Height).ShouldBe((width, height));
        image.Image.IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public async Task Shape_that_cannot_be_is_ignored_with_a_warning()
    {
        var decoded = await CompareAsync(GoodClips.AbsurdPixels, OneASecond, "null");
        decoded.WarningCodes.ShouldContain("pixel_aspect_ignored");
        decoded.WarningCodes.ShouldNotContain("pixels_squared");
    }

    private static async Task<Decoded> CompareAsync(Clip clip, ExtractionOptions options, string filter)
    {
        var path = await clip.PathAsync(TestContext.Current.CancellationToken);
        var decoded = await Decoded.RunAsync(path, options);
        decoded.Fault.ShouldBeNull();
        var expected = await Reference.PixelsAsync(path, $"fps=1:round=up,{filter}");
        (await Reference.PixelsAsync(decoded.Images)).AsSpan().SequenceEqual(expected).ShouldBeTrue($"{clip}: pixels differ");
        return decoded;
    }

    private static async Task<Decoded> RunAsync(Clip clip, ExtractionOptions options) =>
        await Decoded.RunAsync(await clip.PathAsync(TestContext.Current.CancellationToken), options);
}
