namespace Fotograma.Media.Overviews;

/// <summary>The sizes of what is made beside the images, the same for who makes it and who checks it. Sides are in pixels, and even.</summary>
internal static class Sizes
{
    /// <summary>The poster fits in a square of this side.</summary>
    public const int PosterSideMax = 1280;

    /// <summary>A storyboard's tiles are this wide, unless they would be too high.</summary>
    public const int TileWidth = 160;

    /// <summary>Highest tile of a storyboard: twice as high as wide.</summary>
    public const int TileHeightMax = 320;

    /// <summary>Tiles side by side, and one below the other, in a sprite.</summary>
    public const int SpriteSideTiles = 10;

    /// <summary>Tiles of one sprite.</summary>
    public const int SpriteTilesMax = SpriteSideTiles * SpriteSideTiles;

    /// <summary>Tiles of a whole storyboard. Of more images every second one is left out, or three of four, and so on.</summary>
    public const int StoryboardTilesMax = 1000;

    /// <summary>Tiles side by side in a contact sheet.</summary>
    public const int SheetColumns = 6;

    /// <summary>Tiles one below the other in a contact sheet.</summary>
    public const int SheetRows = 8;

    /// <summary>Widest tile of a contact sheet.</summary>
    public const int SheetTileWidth = 320;

    /// <summary>Highest tile of a contact sheet.</summary>
    public const int SheetTileHeightMax = 240;

    /// <summary>No picture made beside the images is wider or higher.</summary>
    public const int SideMax = 4096;

    /// <summary>No picture made beside the images has more bytes.</summary>
    public const int BytesMax = 16 << 20;

    /// <summary>The largest size with the shape of <paramref name="width"/> × <paramref name="height"/> inside the given one; both sides even, and at least 2.</summary>
    public static (int Width, int Height) Inside(int width, int height, int widthMax, int heightMax)
    {
        var scale = Math.Min((double)widthMax / width, (double)heightMax / height);
        return (Even(width * scale, widthMax), Even(height * scale, heightMax));
    }

    private static int Even(double side, int sideMax) => Math.Clamp((int)Math.Round(side / 2) * 2, 2, Math.Max(2, sideMax / 2 * 2));
}
