using Fotograma.Clips;
using Fotograma.Media.Conversion;
using Fotograma.Media.Decoding;
using Fotograma.Media.Input;
using Fotograma.Media.Isolation;
using Fotograma.Media.Manifest;
using Fotograma.Media.Native;
using Fotograma.Media.Options;
using Fotograma.Media.Plan;
using Fotograma.Media.Reading;
using Fotograma.Media.Tests.Decoding;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Tests.Avc;

/// <summary>Pictures decoded without those that they are not predicted from are the pictures that decoding everything gives.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class ReferenceMapTests
{
    private const long PixelsMax = 1 << 20;

    private static readonly ImageSettings Settings = new(new ExtractionOptions { Sampling = new Sampling.All() }, 0, PixelsMax);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Parameters
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var (parameters, spares) in ReferenceClips.All) data.Add(parameters, spares);
            return data;
        }
    }

    [Theory, MemberData(nameof(Parameters))]
    public async Task Every_picture_alone_is_the_same_as_among_all_others(string parameters, bool spares)
    {
        // Which pictures refer to which does not depend on the container; that the heads of slices are found there does.
        foreach (var (kind, step) in new[] { ("mp4", 1), ("mkv", 3) })
        {
            using var file = File.OpenHandle(await ReferenceClips.Of(parameters, kind).PathAsync(Cancellation));
            using var input = VideoInput.Open(file, new DecoderLimits(), AllowList.Usual, Cancellation);
            var all = InOrder(input);
            var map = new PacketScan(input, file, PixelsMax).Read(null, Cancellation);
            map.Problem.ShouldBeNull();
            var spared = 0L;
            for (var frame = 0; frame < all.Count; frame += step)
            {
                var (image, decoded, without) = Alone(input, file, map, frame);
                image.ShouldBe(all[frame], $"frame {frame} of {parameters}.{kind}");
                spared += without - decoded;
            }

            (spared > 0).ShouldBe(spares, $"{spared} pictures of {parameters}.{kind} were spared");
        }
    }

    private static List<Sha256Digest> InOrder(VideoInput input)
    {
        var images = new List<Sha256Digest>();
        using var reader = new FrameReader(input, PixelsMax, threads: 1);
        using var encoder = new ImageEncoder(Settings);
        using var frame = new NativeFrame();
        while (reader.Read(frame, Cancellation)) images.Add(Image(encoder, input, NativeFrame.SharedWith(frame)));
        return images;
    }

    /// <summary>The image, how many pictures were decoded for it, and how many would have been if marks were believed.</summary>
    private static (Sha256Digest Image, long Decoded, long Marked) Alone(VideoInput input, SafeFileHandle file, PacketMap map, int frame)
    {
        var choice = SamplingPlan.Make(new ExtractionOptions { Sampling = new Sampling.Numbered([new FrameRange(frame, frame)]) }, input.Stream.TimeBase, map.Extent);
        var plan = GroupPlan.Make(map, choice, map.TimeOf(map.Frames - 1) + 1, imagesMax: 1);
        using var encoder = new ImageEncoder(Settings);
        using var careful = new GroupReader(input, file, map, PixelsMax, threads: 1, Cancellation);
        using var plain = new GroupReader(input, file, map, PixelsMax, threads: 2, Cancellation);
        var image = careful.Read(plan.Groups.Single(), Cancellation).ToList().Single().Frame;
        plain.Read(plan.Groups.Single(), Cancellation).ToList().Single().Frame.Dispose();
        return (Image(encoder, input, image), careful.PacketsDecoded, plain.PacketsDecoded);
    }

    private static Sha256Digest Image(ImageEncoder encoder, VideoInput input, NativeFrame frame)
    {
        using (frame) return Sha256Digest.Of(encoder.Encode(ChosenFrame.Of(frame, input.Stream, default, 1)).Image.Span);
    }
}
