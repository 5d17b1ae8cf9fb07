using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Extraction;

/// <summary>What the parent lets pass of a decoder's images, their small pictures, and their number.</summary>
public sealed class FrameGateTests
{
    private const int ThumbnailWidth = 160;
    private const int ImageBytes = 70;

    [Fact]
    public void Bytes_of_thumbnails_count_as_bytes_of_images()
    {
        var gate = Gate(new DecoderLimits { OutputBytesMax = 1000 });
        Pass(gate, Head(0, thumbnailBytes: 400));
        Pass(gate, Head(1, thumbnailBytes: 400));

        FaultOf(() => Pass(gate, Head(2, thumbnailBytes: 400))).ShouldBe(MediaFault.OutputTooLarge);
    }

    [Fact]
    public void A_thumbnail_is_as_large_as_its_image_makes_it_and_no_larger()
    {
        var gate = Gate(new DecoderLimits());
        var head = Head(0, thumbnailBytes: 1) with { Width = 320, Height = 180 };

        gate.CheckImages(head, Answer.Png(0, 320, 180), Answer.Jpeg(160, 90));
        foreach (var thumbnail in (byte[][])[Answer.Jpeg(320, 180), Answer.Jpeg(160, 91), Answer.Jpeg(80, 45), Answer.Jpeg(2, 4000)])
            FaultOf(() => gate.CheckImages(head, Answer.Png(0, 320, 180), thumbnail)).ShouldBe(MediaFault.DecoderMisbehaved);
    }

    [Fact]
    public void A_thumbnail_has_no_more_bytes_than_its_pixels_can_need()
    {
        FaultOf(() => Pass(Gate(new DecoderLimits()), Head(0, thumbnailBytes: 1 << 19))).ShouldBe(MediaFault.DecoderMisbehaved);
    }

    [Theory]
    [InlineData("timestamps", "0,0.5,1", 3)]
    [InlineData("frames", "3", 1)]
    [InlineData("frames", "0,5-7", 4)]
    [InlineData("count", "2", 2)]
    [InlineData("all", "true", 5)]
    public void No_more_images_than_were_named_pass(string option, string value, int images)
    {
        ExtractionOptionsParser.TryParse(new Dictionary<string, string> { [option] = value }, out var options, out _).ShouldBeTrue();
        var gate = Gate(new DecoderLimits(), options);
        for (var i = 0; i < images; i++) Pass(gate, Head(i));

        if (option == "all") Pass(gate, Head(images));
        else FaultOf(() => Pass(gate, Head(images))).ShouldBe(MediaFault.DecoderMisbehaved);
    }

    [Fact]
    public void As_many_frames_as_numbers_can_name_are_not_too_many_to_count()
    {
        var options = new ExtractionOptions { Sampling = new Sampling.Numbered([new FrameRange(0, long.MaxValue - 1), new FrameRange(long.MaxValue, long.MaxValue)]) };
        var gate = Gate(new DecoderLimits(), options);

        for (var i = 0; i < 3; i++) Pass(gate, Head(i));
    }

    private static FrameGate Gate(DecoderLimits limits, ExtractionOptions? options = null) =>
        new(options ?? ExtractionOptionsParser.Default, limits, ThumbnailWidth, inputBytes: 1);

    private static FrameHeader Head(int index, int thumbnailBytes = 0) =>
        new(index, index, 1, 1, 25, index, false, Answer.Width, Answer.Height, ImageBytes, thumbnailBytes);

    private static void Pass(FrameGate gate, FrameHeader head) => gate.CheckHead(head, FrameHeader.Bytes + head.ImageBytes + head.ThumbnailBytes);

    private static MediaFault FaultOf(Action action) => Should.Throw<MediaException>(action).Fault;
}
