using Fotograma.Media.Jpeg;
using Fotograma.Media.Options;

namespace Fotograma.Media.Conversion;

/// <summary>What images to make.</summary>
/// <param name="Options">How they look.</param>
/// <param name="ThumbnailWidth">Width of the small pictures, in pixels; 0 for none.</param>
/// <param name="PixelsMax">Largest width × height of an image.</param>
internal sealed record ImageSettings(ExtractionOptions Options, int ThumbnailWidth, long PixelsMax)
{
    /// <summary>
    /// Pixels of all pictures that are converted and encoded at the same time: two of the largest that are accepted by default. An encoder holds up to
    /// about 16 bytes for each pixel, so this is about a gigabyte; pictures of 4K keep eight encoders busy, those of 1080p as many as there are cores.
    /// </summary>
    public const long PixelsInWorkMax = 70_800_000;

    /// <summary>The same for each core, where there are fewer than four: on two cores one picture of 8K is encoded while the next are decoded.</summary>
    public const long PixelsInWorkPerCoreMax = 17_700_000;

    /// <summary>What was done to the pictures.</summary>
    public ConversionNotes Notes { get; } = new();

    /// <summary>Chooses the size of an image. What the format has no room for is made smaller.</summary>
    public ImageFit Fit => new(Options.Width, Options.Height, Options.Enlarge, SideMax, PixelsMax);

    private int SideMax => Options.Format switch
    {
        ImageFormat.Webp => WebpEncoder.SideMax,
        ImageFormat.Jpeg => YuvPicture.SideMax,
        _ => int.MaxValue,
    };

    /// <summary>
    /// How many encoders may work at the same time on frames of this size, which is that of the stored pixels: at least one, at most <paramref name="cores"/>.
    /// </summary>
    public int Encoders(int width, int height, PixelAspect aspect, int cores)
    {
        // A piece is cut out of the whole picture as it is shown.
        if (Options is { Crop: not null, SquarePixels: true }) (width, height) = aspect.Shown(width, height);
        var (imageWidth, imageHeight) = Fit.Of(Math.Max(1, width), Math.Max(1, height));
        var pixels = Math.Max((long)width * height, (long)imageWidth * imageHeight);
        return (int)Math.Clamp(Math.Min(PixelsInWorkMax, cores * PixelsInWorkPerCoreMax) / Math.Max(1, pixels), 1, cores);
    }
}
