using Fotograma.Clips;
using Fotograma.Media.Extraction;
using Fotograma.Media.Manifest;
using Fotograma.Media.Options;
using Fotograma.Media.Tests.Decoding;

namespace Fotograma.Media.Tests.Extraction;

/// <summary>The decoder behind its walls makes of every odd video what it makes without them: nothing that a decoder needs is walled off.</summary>
public sealed class ConfinedGalleryTests
{
    private static readonly VideoExtractor Extractor = new(new VideoExtractorOptions { DecoderPath = BuiltProgram.Decoder, OldCodecs = true });
    private static readonly ExtractionOptions SomeOfIt = new() { Sampling = new Sampling.Count(4) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static IEnumerable<TheoryDataRow<Clip>> Clips => OddClips.All.Concat(OddClips.Slow).Select(clip => new TheoryDataRow<Clip>(clip));

    [Theory, MemberData(nameof(Clips))]
    public async Task An_odd_video_gives_the_same_images_in_a_process_that_is_locked_in(Clip clip)
    {
        var path = await clip.PathAsync(Cancellation);
        var loose = await Decoded.RunAsync(path, SomeOfIt);
        var confined = new List<string>();

        await foreach (var frame in Extractor.ReadAsync(path, SomeOfIt, Cancellation))
            confined.Add(Describe(frame.Pts, frame.SourceFrame ?? -1, frame.Width, frame.Height, frame.Image.Span));

        loose.Fault.ShouldBeNull();
        confined.ShouldBe(loose.Images.Select(image => Describe(image.Header.Pts, image.Header.SourceFrame, image.Header.Width, image.Header.Height, image.Image)), $"{clip}");
        confined.ShouldNotBeEmpty();
    }

    private static string Describe(long pts, long number, int width, int height, ReadOnlySpan<byte> image) => $"{pts} {number} {width}x{height} {Sha256Digest.Of(image)}";
}
