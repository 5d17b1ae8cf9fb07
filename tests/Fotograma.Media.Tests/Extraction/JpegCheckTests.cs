using Fotograma.Media.Isolation;
using Fotograma.Media.Jpeg;
using Fotograma.Media.Tests.Jpeg;

namespace Fotograma.Media.Tests.Extraction;

/// <summary>A JPEG of a decoder has what our own encoder writes, and room for nothing else.</summary>
public sealed class JpegCheckTests
{
    private const int Width = 40;
    private const int Height = 30;
    private const int FirstSegment = 20; // behind SOI and APP0

    private static readonly byte[] Good = YuvSamples.Make("smooth", Width, Height, "yuvj420p").Encode(new JpegEncoder(90));

    private static readonly int Steps = Find(0xDB);
    private static readonly int Codes = Find(0xC4);
    private static readonly int Frame = Find(0xC0);
    private static readonly int Scan = Find(0xDA);

    private static readonly Dictionary<string, Func<byte[]>> Spoilt = new()
    {
        ["a comment"] = () => Insert(FirstSegment, [0xFF, 0xFE, 0, 8, .. "secret"u8]),
        ["EXIF"] = () => Insert(2, [0xFF, 0xE1, 0, 8, .. "Exif\0\0"u8]),
        ["a colour profile"] = () => Insert(FirstSegment, [0xFF, 0xE2, 0, 14, .. "ICC_PROFILE\0"u8]),
        ["a message in JFIF's thumbnail"] = () => [.. Good[..4], 0, 19, .. Good[6..18], 1, 1, 65, 66, 67, .. Good[FirstSegment..]],
        ["another version of JFIF"] = () => Set(12, 9),
        ["a second table of steps"] = () => Insert(Codes, Good[Steps..Codes]),
        ["a table of steps with another number"] = () => Set(Steps + 4, 1),
        ["a step of zero"] = () => Set(Steps + 9, 0),
        ["no steps"] = () => [.. Good[..Steps], .. Good[Codes..]],
        ["no codes"] = () => [.. Good[..Codes], .. Good[Frame..]],
        ["no scan"] = () => [.. Good[..Scan], 0xFF, 0xD9],
        ["codes before steps"] = () => [.. Good[..Steps], .. Good[Codes..Frame], .. Good[Steps..Codes], .. Good[Frame..]],
        ["a code for a symbol that means nothing"] = () => Set(Codes + 4 + 1 + 16, 200),
        ["more codes than bits have room for"] = () => Set(Codes + 4 + 1, 3),
        ["a restart interval"] = () => Insert(Scan, [0xFF, 0xDD, 0, 4, 0, 1]),
        ["twelve bits a sample"] = () => Set(Frame + 4, 12),
        ["a progressive frame"] = () => Set(Frame + 1, 0xC2),
        ["another height"] = () => Set(Frame + 6, Height + 1),
        ["another width"] = () => Set(Frame + 8, Width + 1),
        ["four components"] = () => Set(Frame + 9, 4),
        ["chroma in more samples than luma"] = () => Set(Frame + 14, 0x22),
        ["a scan of one component"] = () => Set(Scan + 4, 1),
        ["a scan of half the coefficients"] = () => Set(Scan + 12, 31),
        ["a marker among the coded blocks"] = () => Insert(Scan + 20, [0xFF, 0xD0]),
        ["a second picture"] = () => [.. Good, .. Good],
        ["a tail"] = () => [.. Good, .. "<script>"u8],
        ["a tail that ends like a picture"] = () => [.. Good, .. "PK"u8, 0xFF, 0xD9],
        ["no coded blocks"] = () => [.. Good[..(Scan + 14)], 0xFF, 0xD9],
        ["fewer bits than it has blocks"] = () => [.. Good[..(Scan + 16)], 0xFF, 0xD9],
        ["no end"] = () => Good[..^2],
        ["half an end"] = () => Good[..^1],
        ["padding"] = () => Insert(Steps, [0xFF]),
        ["nothing"] = () => [],
    };

    public static TheoryData<string> Names => [.. Spoilt.Keys];

    [Theory, MemberData(nameof(Names))]
    public void No_JPEG_passes_with(string what) => ImageCheck.IsJpeg(Spoilt[what](), Width, Height).ShouldBeFalse();

    [Fact]
    public void What_the_encoder_writes_passes_in_its_own_size_only()
    {
        ImageCheck.IsJpeg(Good, Width, Height).ShouldBeTrue();
        ImageCheck.IsJpeg(Good, Height, Width).ShouldBeFalse();
        ImageCheck.IsJpeg(Good, 0, 0).ShouldBeFalse();
    }

    [Fact]
    public void Every_quality_sampling_and_size_of_the_encoder_passes()
    {
        var seed = 0;
        foreach (var kind in YuvSamples.Kinds)
        foreach (var format in YuvSamples.Formats)
        foreach (var (width, height) in ((int, int)[])[(1, 1), (17, 8), (130, 70), (1100, 900)])
        {
            var quality = 1 + seed++ * 37 % 100;
            ImageCheck.IsJpeg(YuvSamples.Make(kind, width, height, format).Encode(new JpegEncoder(quality)), width, height).ShouldBeTrue($"{kind} {format} {width}x{height} {quality}");
        }
    }

    private static int Find(byte marker) => Good.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, marker]);

    private static byte[] Set(int at, int value)
    {
        var bytes = Good.ToArray();
        bytes[at] = (byte)value;
        return bytes;
    }

    private static byte[] Insert(int at, byte[] more) => [.. Good[..at], .. more, .. Good[at..]];
}
