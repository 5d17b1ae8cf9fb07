using Fotograma.Media.Conversion;

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
        ImageFit.Inside(width, height, widthMax, heightMax).ShouldBe((expectedWidth, expectedHeight));
}
