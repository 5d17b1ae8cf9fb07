namespace Fotograma.Media.Conversion;

/// <summary>
/// The way from another YUV matrix to BT.601, the matrix of JPEG and WebP, without RGB in between. Both describe the same RGB, so grey stays as it is
/// and what remains is linear in the chroma: new chroma is two sums of old chroma in the same grid, and luma takes a share of the chroma around it.
/// (Derived from the definitions of luma and colour differences in ITU-R BT.601, BT.709 and BT.2020.)
/// </summary>
/// <param name="BlueOfBlue">What new Cb gains from old Cb.</param>
/// <param name="BlueOfRed">What new Cb gains from old Cr.</param>
/// <param name="RedOfBlue">What new Cr gains from old Cb.</param>
/// <param name="RedOfRed">What new Cr gains from old Cr.</param>
/// <param name="LumaOfBlue">What luma gains from old Cb, in units of luma for a unit of chroma.</param>
/// <param name="LumaOfRed">What luma gains from old Cr, likewise.</param>
internal readonly record struct ColorMatrix(
    double BlueOfBlue, double BlueOfRed, double RedOfBlue, double RedOfRed, double LumaOfBlue, double LumaOfRed)
{
    /// <summary>The weights of red and blue in the luma of a matrix by its number in ISO/IEC 23091-2; BT.601 where it has none, as in swscale.</summary>
    public static (double Red, double Blue) Weights(int matrix) => matrix switch
    {
        1 => (0.2126, 0.0722),
        4 => (0.30, 0.11),
        7 => (0.212, 0.087),
        9 or 10 => (0.2627, 0.0593),
        _ => (0.299, 0.114),
    };

    /// <summary>From <paramref name="matrix"/> to BT.601, in pictures of full or limited range; null when it is BT.601 already.</summary>
    public static ColorMatrix? ToBt601(int matrix, bool full)
    {
        var (red, blue) = Weights(matrix);
        var (newRed, newBlue) = Weights(0);
        if (red == newRed) return null;

        // What a unit of chroma means in RGB while old luma stays zero, and the new luma of that RGB.
        var (toRed, toBlue, green) = (2 * (1 - red), 2 * (1 - blue), 1 - red - blue);
        var newGreen = 1 - newRed - newBlue;
        var lumaOfBlue = newBlue * toBlue - newGreen * blue * toBlue / green;
        var lumaOfRed = newRed * toRed - newGreen * red * toRed / green;
        double fromRed = 2 * (1 - newRed), fromBlue = 2 * (1 - newBlue);
        var scale = full ? 1 : 219.0 / 224;
        return new ColorMatrix(
            (toBlue - lumaOfBlue) / fromBlue - 1, -lumaOfRed / fromBlue, -lumaOfBlue / fromRed, (toRed - lumaOfRed) / fromRed - 1,
            lumaOfBlue * scale, lumaOfRed * scale);
    }
}
