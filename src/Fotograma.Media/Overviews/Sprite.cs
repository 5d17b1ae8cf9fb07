using Fotograma.Media.Isolation;
using Fotograma.Media.Options;

namespace Fotograma.Media.Overviews;

/// <summary>
/// One picture with many tiles, as the seek bars of players show them. All tiles of a storyboard have the size of the first; pictures of another
/// shape stand in the middle of theirs, between black edges.
/// </summary>
internal static class Sprite
{
    private const int Quality = 75;

    /// <summary>Makes the sprite that begins with tile <paramref name="first"/> of <paramref name="tiles"/>.</summary>
    public static (ExtraHeader Head, byte[] Jpeg) Make(EvenSeries<SmallPicture> tiles, int first)
    {
        var (width, height) = (tiles.Kept[0].Width, tiles.Kept[0].Height);
        var count = Math.Min(Sizes.SpriteTilesMax, tiles.Kept.Count - first);
        var columns = Math.Min(count, Sizes.SpriteSideTiles);
        var rows = (count + columns - 1) / columns;
        using var canvas = new Canvas(columns * width, rows * height, shade: 0);
        for (var i = 0; i < count; i++) canvas.DrawInside(tiles.Kept[first + i], i % columns * width, i / columns * height, width, height);
        var head = new ExtraHeader(
            Extras.Storyboard, first / Sizes.SpriteTilesMax, canvas.Width, canvas.Height, first * tiles.Step, tiles.Step, count, columns, width, height);
        return (head, canvas.Encode(Quality));
    }
}
