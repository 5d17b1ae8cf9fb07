using Fotograma.Media.Jpeg;
using Fotograma.Media.Options;

namespace Fotograma.Media.Conversion;

/// <summary>Chooses the size of an image inside a frame of at most the given width and height.</summary>
/// <param name="WidthMax">Widest image in pixels; null for the picture's own width.</param>
/// <param name="HeightMax">Highest image in pixels; null for the picture's own height.</param>
/// <param name="Enlarge">Whether small pictures grow to that size.</param>
/// <param name="SideMax">What no side of an image may exceed, in pixels.</param>
/// <param name="PixelsMax">What width × height may not exceed.</param>
internal readonly record struct ImageFit(
    int? WidthMax, int? HeightMax, bool Enlarge = false, int SideMax = int.MaxValue, long PixelsMax = long.MaxValue)
{
    /// <summary>For thumbnails of the given width, the same for who makes and who checks them.</summary>
    public static ImageFit OfThumbnails(int width) => new(width, null, SideMax: YuvPicture.SideMax);

    /// <summary>
    /// The largest size with the picture's shape that fits; never less than one pixel, and never larger than the picture unless it is to be enlarged.
    /// The side that is not given by the limit is rounded to the nearest pixel.
    /// </summary>
    public (int Width, int Height) Of(int width, int height)
    {
        var grows = Enlarge && (WidthMax ?? HeightMax) is not null;
        var sideMax = grows ? Math.Min(SideMax, OptionRanges.SidePixelsMax) : SideMax;
        long limitWidth = Math.Min(WidthMax ?? sideMax, grows ? sideMax : Math.Min(width, sideMax));
        long limitHeight = Math.Min(HeightMax ?? sideMax, grows ? sideMax : Math.Min(height, sideMax));
        // Compare limitWidth / width with limitHeight / height without dividing.
        var (fitWidth, fitHeight) = limitWidth * height <= limitHeight * width
            ? ((int)limitWidth, Round(limitWidth * height, width))
            : (Round(limitHeight * width, height), (int)limitHeight);
        if ((long)fitWidth * fitHeight <= PixelsMax) return (fitWidth, fitHeight);
        var shrink = Math.Sqrt(PixelsMax / ((double)fitWidth * fitHeight));
        return (Math.Max(1, (int)(fitWidth * shrink)), Math.Max(1, (int)(fitHeight * shrink)));
    }

    private static int Round(long dividend, int divisor) => (int)Math.Max(1, (dividend * 2 + divisor) / (2L * divisor));
}
