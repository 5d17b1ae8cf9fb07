using Fotograma.Clips;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;
using Fotograma.Media.Overviews;
using Fotograma.Media.Tests.Decoding;

namespace Fotograma.Media.Tests.Overviews;

/// <summary>What the decoder makes beside the images.</summary>
public sealed class OverviewTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_poster_is_neither_black_nor_blurred_nor_white()
    {
        var decoded = await DecodeAsync(GoodClips.FadeFromBlack, ("all", "true"), ("extras", "poster"));

        var (head, jpeg) = decoded.Extras.ShouldHaveSingleItem();
        head.FirstImage.ShouldBeInRange(20, 29, "only the third second is a clear picture");
        (head.Width, head.Height).ShouldBe((320, 180));
        ImageCheck.IsJpeg(jpeg, 320, 180).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_nothing_but_black_the_first_image_is_the_poster()
    {
        var decoded = await DecodeAsync(GoodClips.Black, ("all", "true"), ("extras", "poster"));

        decoded.Extras.ShouldHaveSingleItem().Header.FirstImage.ShouldBe(0);
    }

    [Fact]
    public async Task A_storyboard_shows_every_image_in_sprites_of_a_hundred()
    {
        var decoded = await DecodeAsync(GoodClips.H264Mp4, ("all", "true"), ("extras", "storyboard"));

        decoded.Extras.Select(extra => extra.Header).ShouldBe(
        [
            new ExtraHeader(Extras.Storyboard, 0, 1600, 900, 0, 1, 100, 10, 160, 90),
            new ExtraHeader(Extras.Storyboard, 1, 1600, 450, 100, 1, 50, 10, 160, 90),
        ]);
        decoded.Extras.ShouldAllBe(extra => ImageCheck.IsJpeg(extra.Jpeg, extra.Header.Width, extra.Header.Height));
    }

    [Fact]
    public async Task A_storyboard_of_thousands_of_images_is_thinned_evenly()
    {
        var decoded = await DecodeAsync(GoodClips.ManyFrames, ("all", "true"), ("format", "jpeg"), ("extras", "storyboard"));

        decoded.Images.Count.ShouldBe(3000);
        decoded.Extras.Select(extra => (extra.Header.FirstImage, extra.Header.Step, extra.Header.Tiles)).ShouldBe(
            [.. Enumerable.Range(0, 7).Select(i => (i * 400, 4, 100)), (2800, 4, 50)]);
    }

    [Fact]
    public async Task A_contact_sheet_has_a_tile_for_each_of_a_few_images_and_an_even_choice_of_many()
    {
        var few = await DecodeAsync(GoodClips.H264Mp4, ("fps", "1"), ("extras", "sheet"));
        var many = await DecodeAsync(GoodClips.H264Mp4, ("all", "true"), ("extras", "sheet"));

        var head = few.Extras.ShouldHaveSingleItem().Header;
        (head.Tiles, head.Columns, head.TileWidth, head.TileHeight).ShouldBe((5, 5, 320, 180));
        many.Extras.ShouldHaveSingleItem().Header.Tiles.ShouldBe(48);
        many.Extras[0].Header.Width.ShouldBe(2 * 24 + 6 * 320 + 5 * 12);
    }

    [Fact]
    public async Task A_contact_sheet_of_pictures_narrower_than_a_time_has_the_times_all_the_same()
    {
        const int Margin = 24;
        const int Top = Margin + 56;
        var (head, jpeg) = (await DecodeAsync(OddClips.Narrow, ("fps", "2"), ("extras", "sheet"))).Extras.ShouldHaveSingleItem();
        (head.Tiles, head.TileWidth, head.TileHeight).ShouldBe((2, 84, 240));

        var luma = await Tool.RunAsync("ffmpeg", ["-f", "jpeg_pipe", "-i", "-", "-f", "rawvideo", "-pix_fmt", "yuvj420p", "-"], Cancellation, jpeg);
        // Fifty dots of light and more on a dark ground, in the lower part of each tile; the picture itself is red.
        foreach (var left in (int[])[Margin, Margin + 84 + 12])
            Enumerable.Range(Top + 220, 20).Sum(y => luma.AsSpan(y * head.Width + left, 84).ToArray().Count(light => light > 200)).ShouldBeGreaterThan(50);
    }

    [Fact]
    public async Task Everything_has_its_place_also_where_the_size_changes_or_the_picture_is_turned()
    {
        foreach (var clip in new[] { GoodClips.SizeChange, GoodClips.Turned[0], GoodClips.OddSize, GoodClips.Gray, GoodClips.TenBit, GoodClips.Av1Webm })
        {
            var decoded = await DecodeAsync(clip, ("fps", "5"), ("extras", "poster,storyboard,sheet"));

            decoded.Fault.ShouldBeNull();
            decoded.Extras.Select(extra => extra.Header.Kind).ShouldBe([Extras.Poster, Extras.Storyboard, Extras.ContactSheet], clip.Name);
            decoded.Extras.ShouldAllBe(extra => ImageCheck.IsJpeg(extra.Jpeg, extra.Header.Width, extra.Header.Height));
        }
    }

    [Fact]
    public async Task A_turned_picture_stands_upright()
    {
        var decoded = await DecodeAsync(GoodClips.Turned[0], ("fps", "1"), ("extras", "poster,storyboard"));

        (decoded.Extras[0].Header.Width, decoded.Extras[0].Header.Height).ShouldBe((180, 320));
        (decoded.Extras[1].Header.TileWidth, decoded.Extras[1].Header.TileHeight).ShouldBe((160, 284));
    }

    [Theory]
    [InlineData(1920, 1080, 160, 320, 160, 90)]
    [InlineData(1080, 1920, 160, 320, 160, 284)]
    [InlineData(100, 4000, 160, 320, 8, 320)]
    [InlineData(4000, 1, 160, 320, 160, 2)]
    [InlineData(3, 3, 2, 2, 2, 2)]
    [InlineData(23, 18, 23, 23, 22, 18)]
    [InlineData(1, 1, 1, 1, 2, 2)]
    public void Small_pictures_keep_their_shape_in_even_sides(int width, int height, int widthMax, int heightMax, int fitWidth, int fitHeight) =>
        Sizes.Inside(width, height, widthMax, heightMax).ShouldBe((fitWidth, fitHeight));

    [Theory]
    [InlineData(0, "00:00:00.000")]
    [InlineData(3725.0405, "01:02:05.040")]
    [InlineData(-0.5, "-00:00:00.500")]
    public void Times_are_written_as_a_clock_shows_them(double seconds, string text) => ContactSheet.TimeCode(seconds).ShouldBe(text);

    private static async Task<Decoded> DecodeAsync(Clip clip, params (string Option, string Value)[] options)
    {
        ExtractionOptionsParser.TryParse(options.ToDictionary(pair => pair.Option, pair => pair.Value), out var parsed, out _).ShouldBeTrue();
        return await Decoded.RunAsync(await clip.PathAsync(Cancellation), parsed!);
    }
}
