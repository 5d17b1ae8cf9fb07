using Fotograma.Media.Isolation;
using Fotograma.Media.Options;

namespace Fotograma.Media.Overviews;

/// <summary>
/// Collects, image by image and in order, what the poster, the storyboard and the contact sheet are made of at the end. However many images
/// come, it holds at most one poster, <see cref="Sizes.StoryboardTilesMax"/> tiles and twice a contact sheet.
/// </summary>
internal sealed class OverviewKeeper(Extras extras)
{
    private readonly EvenSeries<SmallPicture> tiles = new(Sizes.StoryboardTilesMax);
    private readonly EvenSeries<SheetTile> sheetTiles = new(2 * ContactSheet.TilesMax);
    private SmallPicture? poster;
    private int posterImage;
    private int posterScore = -1;
    private SheetTitle title;

    /// <summary>The best poster so far: a picture has to score more. May be read from any thread.</summary>
    public int ScoreToBeat => Volatile.Read(ref posterScore);

    /// <summary>Takes the next image.</summary>
    public void Take(in Glance glance, in FrameHeader header)
    {
        if (extras == Extras.None) return;
        var seconds = header.Pts * (double)header.TimeBaseNumerator / header.TimeBaseDenominator;
        title = title.Images == 0 ? new SheetTitle(header.Width, header.Height, seconds, seconds, 1) : title with { LastSeconds = seconds, Images = title.Images + 1 };
        if (glance.Poster is { } better && glance.PosterScore > posterScore)
        {
            (poster, posterImage) = (better, header.Index);
            Volatile.Write(ref posterScore, glance.PosterScore);
        }

        if (glance.Tile is { } tile) tiles.Add(tile);
        if (glance.SheetTile is { } sheetTile) sheetTiles.Add(new SheetTile(sheetTile, header.Index, seconds));
    }

    /// <summary>Makes everything that was asked for, in the order of the archive.</summary>
    public IEnumerable<(ExtraHeader Head, byte[] Jpeg)> Make()
    {
        if (poster is not null) yield return MakePoster(poster);
        for (var first = 0; first < tiles.Kept.Count; first += Sizes.SpriteTilesMax) yield return Sprite.Make(tiles, first);
        if (sheetTiles.Kept.Count > 0) yield return ContactSheet.Make(sheetTiles.Kept, title);
    }

    private (ExtraHeader Head, byte[] Jpeg) MakePoster(SmallPicture picture)
    {
        const int Quality = 90;
        using var canvas = new Canvas(picture.Width, picture.Height, shade: 0);
        canvas.DrawInside(picture, 0, 0, picture.Width, picture.Height);
        var head = new ExtraHeader(Extras.Poster, 0, picture.Width, picture.Height, posterImage, 0, 1, 1, picture.Width, picture.Height);
        return (head, canvas.Encode(Quality));
    }
}
