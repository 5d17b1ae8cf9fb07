using Fotograma.Media.Conversion;
using Fotograma.Media.Native;
using Fotograma.Media.Options;

namespace Fotograma.Media.Overviews;

/// <summary>Makes what is kept of pictures: a hash, and small versions of them where extras are wanted. One instance serves one thread.</summary>
internal sealed unsafe class GlanceMaker(Extras extras) : IDisposable
{
    private readonly Scaler hashScaler = new();
    private readonly Scaler scoreScaler = new();
    private readonly Shrinker poster = new(SwScale.Bicubic);
    private readonly Shrinker tile = new(SwScale.Area);
    private readonly Shrinker sheetTile = new(SwScale.Area);
    private readonly NativeFrame small = new();
    private readonly NativeFrame luma = new();

    /// <summary>
    /// Looks at <paramref name="picture"/>, which is upright and whose image is <paramref name="width"/> × <paramref name="height"/> pixels: the shape
    /// in which it is seen. A poster is made only if it scores more than <paramref name="scoreToBeat"/>.
    /// </summary>
    public Glance Look(NativeFrame picture, int width, int height, int scoreToBeat)
    {
        var score = extras.HasFlag(Extras.Poster) ? Score(picture, width, height) : 0;
        return new Glance(
            Hash(picture), score,
            extras.HasFlag(Extras.Poster) && score > scoreToBeat ? poster.Make(picture, PosterSize(picture, width, height)) : null,
            extras.HasFlag(Extras.Storyboard) ? tile.Make(picture, Sizes.Inside(width, height, Sizes.TileWidth, Sizes.TileHeightMax)) : null,
            extras.HasFlag(Extras.ContactSheet) ? sheetTile.Make(picture, Sizes.Inside(width, height, Sizes.SheetTileWidth, Sizes.SheetTileHeightMax)) : null);
    }

    /// <summary>Frees everything.</summary>
    public void Dispose()
    {
        hashScaler.Dispose();
        scoreScaler.Dispose();
        poster.Dispose();
        tile.Dispose();
        sheetTile.Dispose();
        small.Dispose();
        luma.Dispose();
    }

    private ulong Hash(NativeFrame picture)
    {
        Span<double> means = stackalloc double[PictureHash.FieldColumns * PictureHash.FieldRows];
        if (LumaFields.TryMean(picture, PictureHash.FieldColumns, PictureHash.FieldRows, means)) return PictureHash.Of(means);
        hashScaler.Convert(picture, small, PictureHash.Width, PictureHash.Height, PixelFormat.Named("gray"), SwScale.Area);
        var stride = small.LineSize(0);
        return PictureHash.Of(new ReadOnlySpan<byte>(small.Plane(0), stride * PictureHash.Height), stride);
    }

    private int Score(NativeFrame picture, int width, int height)
    {
        (width, height) = Sizes.Inside(width, height, PosterScore.SideMax, PosterScore.SideMax);
        scoreScaler.Convert(picture, luma, width, height, PixelFormat.Named("gray"), SwScale.Area);
        var samples = new byte[width * height];
        for (var y = 0; y < height; y++) new ReadOnlySpan<byte>(luma.Plane(0) + (nint)y * luma.LineSize(0), width).CopyTo(samples.AsSpan(y * width));
        return PosterScore.Of(samples, width, height);
    }

    /// <summary>As large as the picture, if that is not too large, and in the shape of the image.</summary>
    private static (int Width, int Height) PosterSize(NativeFrame picture, int width, int height)
    {
        var side = Math.Min(Sizes.PosterSideMax, Math.Max(picture.Width, picture.Height));
        return Sizes.Inside(width, height, side, side);
    }
}
