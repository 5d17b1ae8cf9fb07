namespace Fotograma.Media.Conversion;

/// <summary>Chooses the size of an image inside a frame of at most the given width and height.</summary>
internal static class ImageFit
{
    /// <summary>
    /// The largest size with the picture's shape that fits; never larger than the picture, never less than one pixel. The side that is not
    /// given by the limit is rounded to the nearest pixel.
    /// </summary>
    public static (int Width, int Height) Inside(int width, int height, int? widthMax, int? heightMax)
    {
        long limitWidth = Math.Min(widthMax ?? width, width);
        long limitHeight = Math.Min(heightMax ?? height, height);
        // Compare limitWidth / width with limitHeight / height without dividing.
        return limitWidth * height <= limitHeight * width
            ? ((int)limitWidth, Round(limitWidth * height, width))
            : (Round(limitHeight * width, height), (int)limitHeight);
    }

    private static int Round(long dividend, int divisor) => (int)Math.Max(1, (dividend * 2 + divisor) / (2L * divisor));
}
