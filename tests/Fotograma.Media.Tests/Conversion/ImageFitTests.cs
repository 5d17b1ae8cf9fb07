using Fotograma.Media.Conversion;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Conversion;

public sealed class ImageFitTests
{
    [Theory]
    [InlineData(1920, 1080, null, null, 1920, 1080)]
    [InlineData(1920, 1080, 1280, null, 1280, 720)]
    [InlineData(1920, 1080, null, 360, 640, 360)]
    [InlineData(1920, 1080, 1280, 360, 640, 360)]
    [InlineData(1920, 1080, 320, 720, 320, 180)]
    [InlineData(1080, 1920, 640, 640, 360, 640)]
    [InlineData(640, 480, 1920, 1080, 640, 480)]
    [InlineData(97, 63, 46, null, 46, 30)]
    [InlineData(10000, 2, 100, null, 100, 1)]
    public void Picture_fits_and_keeps_its_shape(int width, int height, int? widthMax, int? heightMax, int expectedWidth, int expectedHeight) =>
        new ImageFit(widthMax, heightMax).Of(width, height).ShouldBe((expectedWidth, expectedHeight));

    [Theory]
    [InlineData(64, 48, 640, null, 640, 480)]
    [InlineData(64, 48, null, 480, 640, 480)]
    [InlineData(64, 48, 640, 640, 640, 480)]
    [InlineData(64, 48, 32, 48, 32, 24)]
    [InlineData(64, 48, null, null, 64, 48)]
    [InlineData(10, 1000, 400, null, 164, 16384)]
    public void Small_picture_is_enlarged_when_asked_but_no_side_beyond_the_limit(int width, int height, int? widthMax, int? heightMax, int expectedWidth, int expectedHeight) =>
        new ImageFit(widthMax, heightMax, Enlarge: true).Of(width, height).ShouldBe((expectedWidth, expectedHeight));

    [Fact]
    public void Image_never_has_more_pixels_than_allowed()
    {
        var (width, height) = new ImageFit(16_384, null, Enlarge: true, PixelsMax: 35_400_000).Of(1920, 1080);
        ((long)width * height).ShouldBeInRange(35_300_000, 35_400_000);
        ((double)width / height).ShouldBe(16.0 / 9, 0.001);
    }

    [Fact]
    public void Side_that_a_format_cannot_hold_is_scaled_down() => new ImageFit(null, null, SideMax: 16_383).Of(17_700, 1000).ShouldBe((16_383, 926));

    [Theory]
    [InlineData(1920, 1080, false, 16)]
    [InlineData(3840, 2160, false, 8)]
    [InlineData(8192, 4320, false, 2)]
    [InlineData(1920, 1080, true, 2)]
    [InlineData(100_000, 100_000, false, 1)]
    [InlineData(0, 0, false, 16)]
    public void Large_pictures_are_encoded_by_fewer_threads(int width, int height, bool enlarge, int encoders)
    {
        var options = ExtractionOptionsParser.Default with { Enlarge = enlarge, Width = enlarge ? 16_384 : null };
        new ImageSettings(options, 0, 35_400_000).Encoders(width, height, default, cores: 16).ShouldBe(encoders);
    }

    [Fact]
    public void Pieces_of_pictures_with_wide_pixels_are_cut_by_fewer_threads()
    {
        var settings = new ImageSettings(ExtractionOptionsParser.Default with { Crop = new Crop(0, 0, 20, 20) }, 0, 35_400_000);
        settings.Encoders(1920, 1080, new PixelAspect(8, 1), cores: 16).ShouldBe(4);
        settings.Encoders(1920, 1080, default, cores: 16).ShouldBe(16);
        settings.Encoders(8192, 4320, default, cores: 4).ShouldBe(2);
        settings.Encoders(8192, 4320, default, cores: 2).ShouldBe(1);
        settings.Encoders(3840, 2160, default, cores: 2).ShouldBe(2);
    }
}
