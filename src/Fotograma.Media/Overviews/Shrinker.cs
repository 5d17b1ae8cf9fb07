using Fotograma.Media.Conversion;
using Fotograma.Media.Native;

namespace Fotograma.Media.Overviews;

/// <summary>
/// Makes <see cref="SmallPicture"/>s by way of RGB, which takes care of all colour matrices and ranges. <paramref name="flags"/> is a method of
/// <see cref="SwScale"/>. One instance serves one thread.
/// </summary>
internal sealed class Shrinker(int flags) : IDisposable
{
    private readonly Scaler toRgb = new();
    private readonly Scaler toJpeg = new();
    private readonly NativeFrame rgb = new();
    private readonly NativeFrame result = new();

    /// <summary>The picture in another size, which is even.</summary>
    public SmallPicture Make(NativeFrame picture, (int Width, int Height) size)
    {
        toRgb.Convert(picture, rgb, size.Width, size.Height, PixelFormat.Named("rgb24"), flags);
        toJpeg.Convert(rgb, result, size.Width, size.Height, PixelFormat.Named("yuvj420p"), flags, targetFull: true);
        return SmallPicture.Of(result);
    }

    /// <summary>Frees everything.</summary>
    public void Dispose()
    {
        toRgb.Dispose();
        toJpeg.Dispose();
        rgb.Dispose();
        result.Dispose();
    }
}
