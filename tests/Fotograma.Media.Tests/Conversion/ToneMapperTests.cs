using Fotograma.Clips;
using Fotograma.Media.Conversion;
using Fotograma.Media.Native;
using Fotograma.Media.Options;
using Fotograma.Media.Tests.Decoding;

namespace Fotograma.Media.Tests.Conversion;

public sealed class ToneMapperTests
{
    private const int Bt2020 = 9;
    private const double ReferenceWhite = 203;

    private static readonly ExtractionOptions Every = new() { Sampling = new Sampling.All() };

    static ToneMapperTests() => Libav.Load();

    /// <summary>Below the knee of the curve all is defined: light, primaries and sRGB. HLG without colour only, as zscale leaves out that its screen's gamma is one of luminance.</summary>
    public static IEnumerable<TheoryDataRow<Clip>> DimClips => [new(GoodClips.PqDim), new(GoodClips.HlgGray)];

    [Theory, MemberData(nameof(DimClips))]
    public async Task Dim_light_has_the_colours_zscale_gives_it(Clip clip)
    {
        const string Reference = "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709:t=iec61966-2-1:m=gbr:r=pc:npl=203,format=gbrp,format=rgb24";
        var (mean, most) = await DifferenceAsync(clip, Reference);
        mean.ShouldBeLessThan(0.4);
        most.ShouldBeLessThan(8);
    }

    /// <summary>Another curve, so the pictures differ; but they are of one kind.</summary>
    [Fact]
    public async Task Bright_light_is_near_the_picture_of_the_hable_curve()
    {
        const string Hable = "zscale=t=linear:npl=100,tonemap=hable:desat=0,zscale=p=bt709:t=bt709:m=bt709:r=tv,format=rgb24";
        (await DifferenceAsync(GoodClips.PqBright, Hable)).Mean.ShouldBeLessThan(10);
    }

    [Fact]
    public async Task Turned_cut_and_scaled_pictures_are_mapped_too()
    {
        var path = await GoodClips.PqTurned.PathAsync(TestContext.Current.CancellationToken);
        var plain = await Reference.PixelsAsync((await Decoded.RunAsync(path, Every)).Images);
        var cut = await Decoded.RunAsync(path, Every with { Crop = new Crop(0, 0, 90, 160) });
        (await Reference.PixelsAsync(cut.Images)).ShouldBe(plain);
        var jpeg = await Decoded.RunAsync(path, Every with { Format = ImageFormat.Jpeg, Quality = 100 }, thumbnailWidth: 45);
        var pixels = await Reference.PixelsAsync(jpeg.Images, "jpeg_pipe");
        pixels.Zip(plain).Average(pair => Math.Abs(pair.First - pair.Second)).ShouldBeLessThan(8);
        jpeg.Images.ShouldAllBe(image => image.Thumbnail.Length > 0);
    }

    [Fact]
    public async Task Values_are_kept_when_asked_for()
    {
        var path = await GoodClips.PqBright.PathAsync(TestContext.Current.CancellationToken);
        var mapped = await Decoded.RunAsync(path, Every);
        mapped.WarningCodes.ShouldContain("hdr");
        var kept = await Decoded.RunAsync(path, Every with { ToneMap = false });
        kept.WarningCodes.ShouldContain("hdr_kept");
        (await Reference.PixelsAsync(kept.Images)).ShouldBe(await Reference.PixelsAsync(path, "null"));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.1, 2)]
    [InlineData(50, 136)]
    [InlineData(100, 186)]
    [InlineData(ReferenceWhite, 229)]
    [InlineData(400, 250)]
    [InlineData(1000, 255)]
    [InlineData(10_000, 255)]
    public void Grey_of_a_known_light_has_a_known_code(double light, int code)
    {
        var pixel = Map(HdrTransfer.PerceptualQuantizer, HdrTransfer.ToPq(light), HdrTransfer.ToPq(light), HdrTransfer.ToPq(light));
        pixel.ShouldAllBe(channel => Math.Abs(channel - code) <= 1);
    }

    [Fact]
    public void Three_quarters_of_an_hlg_signal_are_reference_white() =>
        Map(HdrTransfer.HybridLogGamma, 0.75, 0.75, 0.75).ShouldAllBe(channel => Math.Abs(channel - 229) <= 2);

    [Theory]
    [InlineData(HdrTransfer.PerceptualQuantizer)]
    [InlineData(HdrTransfer.HybridLogGamma)]
    public void Grey_ramp_rises_without_a_tint(int transfer)
    {
        var before = 0;
        for (var code = 0; code <= 876; code++)
        {
            int[] pixel = [.. Map(transfer, code / 876.0, code / 876.0, code / 876.0)];
            pixel.Distinct().Count().ShouldBe(1, $"code {code}");
            pixel[0].ShouldBeGreaterThanOrEqualTo(before, $"code {code}");
            before = pixel[0];
        }

        before.ShouldBe(255);
    }

    /// <summary>The proportions of red, green and blue light are those of the light before, however bright.</summary>
    [Theory]
    [InlineData(1.0, 0.4, 0.3)]
    [InlineData(0.3, 1.0, 0.5)]
    [InlineData(0.5, 0.4, 1.0)]
    public void Colour_keeps_its_hue_when_it_gets_too_bright(double red, double green, double blue)
    {
        double[] dim = Proportions(Pq(30));
        foreach (var white in new[] { 300, 1000, 5000 })
            Proportions(Pq(white)).Zip(dim).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 0.04, $"{white} cd/m2");

        byte[] Pq(double white) =>
            Map(HdrTransfer.PerceptualQuantizer, HdrTransfer.ToPq(red * white), HdrTransfer.ToPq(green * white), HdrTransfer.ToPq(blue * white));
    }

    [Fact]
    public void Pq_and_its_inverse_agree_with_the_values_of_the_standard()
    {
        HdrTransfer.ToPq(100).ShouldBe(0.5081, 0.0001);
        HdrTransfer.ToPq(1000).ShouldBe(0.7518, 0.0001);
        HdrTransfer.ToPq(10_000).ShouldBe(1, 0.0001);
        HdrTransfer.FromPq(HdrTransfer.ToPq(ReferenceWhite)).ShouldBe(ReferenceWhite, 0.001);
        HdrTransfer.FromHlg(0.5).ShouldBe(1.0 / 12, 0.0001);
        HdrTransfer.FromHlg(1).ShouldBe(1, 0.0001);
        (ToneCurve.Knee * ReferenceWhite).ShouldBe(88, 1);
        ToneCurve.Map(ToneCurve.SourcePeak / ToneCurve.White).ShouldBe(1, 0.0001);
    }

    private static double[] Proportions(byte[] pixel)
    {
        double[] light = [.. pixel.Select(code => Math.Pow((code / 255.0 + 0.055) / 1.055, 2.4))];
        return [.. light.Select(part => part / light.Max())];
    }

    /// <summary>Maps one colour, given as a signal of BT.2020 from 0 to 1.</summary>
    private static unsafe byte[] Map(int transfer, double red, double green, double blue)
    {
        const int Width = 8;
        using var picture = new NativeFrame();
        picture.Reshape(Width, 1, PixelFormat.Named("yuv444p12le").Number);
        (picture.ColorTransfer, picture.ColorSpace, picture.ColorPrimaries, picture.ColorRange) = (transfer, Bt2020, Bt2020, 1);
        var luma = 0.2627 * red + 0.6780 * green + 0.0593 * blue;
        double[] codes = [256 + 3504 * luma, 2048 + 3584 * (blue - luma) / 1.8814, 2048 + 3584 * (red - luma) / 1.4746];
        for (var plane = 0; plane < 3; plane++) new Span<ushort>(picture.Plane(plane), Width).Fill((ushort)Math.Round(codes[plane]));
        using var mapper = new ToneMapper();
        return new Span<byte>(mapper.Map(picture, Width, 1).Plane(0), 3).ToArray();
    }

    private static async Task<(double Mean, int Most)> DifferenceAsync(Clip clip, string filter)
    {
        var path = await clip.PathAsync(TestContext.Current.CancellationToken);
        var ours = await Reference.PixelsAsync((await Decoded.RunAsync(path, Every)).Images);
        var expected = await Reference.PixelsAsync(path, filter);
        ours.Length.ShouldBe(expected.Length);
        int[] differences = [.. ours.Zip(expected, (one, other) => Math.Abs(one - other))];
        TestContext.Current.TestOutputHelper?.WriteLine($"{clip}: mean {differences.Average():F3}, most {differences.Max()}");
        return (differences.Average(), differences.Max());
    }
}
