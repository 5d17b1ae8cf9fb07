using Fotograma.Media.Isolation;
using Fotograma.Media.Jpeg;

namespace Fotograma.Media.Tests.Jpeg;

public sealed class JpegEncoderTests
{
    /// <summary>Bytes of everything but the coded blocks, with the largest codes.</summary>
    private const int HeadBytesMax = 700;

    public static TheoryData<string, int, int, string> Sizes
    {
        get
        {
            var data = new TheoryData<string, int, int, string>();
            var random = new Random(11);
            foreach (var format in YuvSamples.Formats)
            {
                data.Add("smooth", 1, 1, format);
                data.Add("smooth", 16, 16, format);
                data.Add("smooth", 17, 8, format);
                for (var i = 0; i < 5; i++) data.Add("smooth", random.Next(1, 71), random.Next(1, 71), format);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Sizes))]
    public async Task Picture_of_any_size_is_read_back_by_ffmpeg(string kind, int width, int height, string format)
    {
        const double PsnrMin = 45;
        var picture = YuvSamples.Make(kind, width, height, format, seed: width);
        var file = picture.Encode(new JpegEncoder(100));
        ImageCheck.IsJpeg(file, width, height).ShouldBeTrue();
        (await picture.PsnrAsync(file)).ShouldBeGreaterThan(PsnrMin);
    }

    [Theory]
    [InlineData("noise", 44)]
    [InlineData("flat", 60)]
    [InlineData("black", 60)]
    [InlineData("white", 60)]
    [InlineData("gradient", 44)]
    [InlineData("text", 44)]
    [InlineData("pixel board", 44)]
    [InlineData("block board", 44)]
    [InlineData("columns", 44)]
    [InlineData("quiet", 44)]
    public async Task Hard_contents_come_back_nearly_as_they_were(string kind, double psnrMin)
    {
        var picture = YuvSamples.Make(kind, 130, 70, "yuvj420p");
        (await picture.PsnrAsync(picture.Encode(new JpegEncoder(100)))).ShouldBeGreaterThan(psnrMin);
    }

    [Fact]
    public void Every_size_and_sampling_is_encoded_within_its_bound()
    {
        const int CodedBitsMax = 64 * 27;
        var encoder = new JpegEncoder(100);
        var random = new Random(5);
        for (var i = 0; i < 600; i++)
        {
            var (width, height) = (random.Next(1, 71), random.Next(1, 71));
            var picture = YuvSamples.Make(YuvSamples.Kinds[i % YuvSamples.Kinds.Length], width, height, YuvSamples.Formats[i % 3], i);
            var file = picture.Encode(encoder, padding: random.Next(20));
            ImageCheck.IsJpeg(file, width, height).ShouldBeTrue();
            var blocks = (width + 15) / 8 * ((height + 15) / 8) * 3;
            file.Length.ShouldBeLessThan(HeadBytesMax + 2 * CodedBitsMax / 8 * blocks);
        }
    }

    [Fact]
    public void Same_picture_makes_the_same_bytes_whatever_came_before_and_however_its_rows_lie()
    {
        var picture = YuvSamples.Make("smooth", 331, 97, "yuvj420p");
        var encoder = new JpegEncoder(80);
        var file = picture.Encode(encoder);
        YuvSamples.Make("noise", 401, 33, "yuvj444p").Encode(encoder);
        picture.Encode(encoder, padding: 13).ShouldBe(file);
        picture.Encode(new JpegEncoder(80)).ShouldBe(file);
    }

    [Fact]
    public void Every_quality_makes_a_file_no_larger_than_the_next()
    {
        var picture = YuvSamples.Make("noise", 64, 64, "yuvj422p");
        var sizes = Enumerable.Range(1, 100).Select(quality => picture.Encode(new JpegEncoder(quality)).Length).ToList();
        sizes.ShouldBeInOrder();
        Should.Throw<ArgumentOutOfRangeException>(() => new JpegEncoder(0));
        Should.Throw<ArgumentOutOfRangeException>(() => new JpegEncoder(101));
    }

    [Fact]
    public void Planes_that_are_too_short_are_refused()
    {
        Encode(17, 17, 81).Length.ShouldBeGreaterThan(0);
        Should.Throw<ArgumentException>(() => Encode(17, 17, 80));
        Should.Throw<ArgumentException>(() => Encode(0, 17, 81));
        Should.Throw<ArgumentException>(() => Encode(17, 0, 81));
        Should.Throw<ArgumentException>(() => Encode(19, 17, 81));

        static byte[] Encode(int width, int height, int chromaBytes) => new JpegEncoder(50).Encode(new YuvPicture(width, height, 1, 1)
        {
            Luma = new Plane(new byte[width * height], width), Blue = new Plane(new byte[81], 9), Red = new Plane(new byte[chromaBytes], 9),
        }).ToArray();
    }
}
