using System.Numerics;
using Fotograma.Clips;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Decoding;

public sealed class DuplicateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("all", "true", 60)]
    [InlineData("every", "0.5", 12)]
    [InlineData("frames", "0-59", 60)]
    public async Task Of_still_pictures_one_each_is_kept_whatever_the_noise(string option, string value, int looks)
    {
        var decoded = await DecodeAsync(GoodClips.Slides, (option, value), ("dedupe", "4"));

        decoded.Images.Select(image => image.Header.SourceFrame).ShouldBe([0L, 20, 40]);
        (decoded.Done!.Frames, decoded.Done.Duplicates).ShouldBe((3, looks - 3));
    }

    [Fact]
    public async Task Of_a_moving_picture_nothing_is_left_out()
    {
        var decoded = await DecodeAsync(GoodClips.Scrolling, ("all", "true"), ("dedupe", "4"));

        (decoded.Done!.Frames, decoded.Done.Duplicates).ShouldBe((30, 0));
    }

    [Fact]
    public async Task Nothing_is_left_out_that_was_not_asked_for()
    {
        var decoded = await DecodeAsync(GoodClips.Slides, ("all", "true"));

        (decoded.Done!.Frames, decoded.Done.Duplicates).ShouldBe((60, 0));
        decoded.Images.Zip(decoded.Images.Skip(1)).Count(pair => BitOperations.PopCount(pair.First.Header.PerceptualHash ^ pair.Second.Header.PerceptualHash) > 4).ShouldBe(2);
    }

    [Theory]
    [InlineData("all", "true")]
    [InlineData("every", "0.5")]
    public async Task The_limit_of_images_counts_those_that_are_kept(string option, string value)
    {
        var decoded = await DecodeAsync(GoodClips.Slides, (option, value), ("dedupe", "4"), ("maxFrames", "2"));

        decoded.Images.Select(image => image.Header.SourceFrame).ShouldBe([0L, 20]);
        decoded.Plan!.ExpectedFrames.ShouldBeNull();
    }

    [Fact]
    public async Task The_same_frame_at_several_moments_is_kept_once()
    {
        var decoded = await DecodeAsync(GoodClips.OneSecond, ("fps", "100"), ("dedupe", "0"));

        decoded.Images.Select(image => image.Header.SourceFrame).ShouldBeUnique();
        (decoded.Done!.Frames + decoded.Done.Duplicates).ShouldBe(100);
    }

    private static async Task<Decoded> DecodeAsync(Clip clip, params (string Option, string Value)[] options)
    {
        ExtractionOptionsParser.TryParse(options.ToDictionary(pair => pair.Option, pair => pair.Value), out var parsed, out _).ShouldBeTrue();
        return await Decoded.RunAsync(await clip.PathAsync(Cancellation), parsed!);
    }
}
