using Fotograma.Media.Decoding;
using Fotograma.Media.Native;
using Fotograma.Media.Options;

namespace Fotograma.Media.Conversion;

/// <summary>A picture from which an image of the given size is to be made. It may have that size already.</summary>
internal readonly record struct PreparedPicture(NativeFrame Picture, int Width, int Height);

/// <summary>
/// Makes of a decoded frame the picture that is shown: whole, upright, cut. One instance serves one thread; what it gives is valid until the next call.
/// </summary>
internal sealed class PicturePreparer(ImageSettings settings) : IDisposable
{
    private readonly Deinterlacer deinterlacer = new(settings.Options.Deinterlace, settings.Notes);
    private readonly FrameTurner turner = new();
    private readonly PictureCutter cutter = new();
    private readonly Scaler scaler = new();
    private readonly NativeFrame rgb = new();
    private readonly ImageFit fit = new(
        settings.Options.Width, settings.Options.Height, settings.Options.Enlarge,
        settings.Options.Format == ImageFormat.Webp ? WebpEncoder.SideMax : int.MaxValue, settings.PixelsMax);

    /// <summary>Prepares <paramref name="frame"/>.</summary>
    /// <exception cref="Faults.MediaException">The rectangle to cut out is not inside the picture.</exception>
    public PreparedPicture Prepare(ChosenFrame frame)
    {
        var options = settings.Options;
        var upright = turner.Upright(deinterlacer.Whole(frame), frame.Turn);
        var shown = options.SquarePixels ? frame.PixelAspect.Turned(frame.Turn).Shown(upright.Width, upright.Height) : (upright.Width, upright.Height);
        if (options.Crop is { } crop) return Cut(upright, shown, crop);
        var (width, height) = fit.Of(shown.Width, shown.Height);
        return new PreparedPicture(upright, width, height);
    }

    /// <summary>Frees the pictures.</summary>
    public void Dispose()
    {
        deinterlacer.Dispose();
        turner.Dispose();
        cutter.Dispose();
        scaler.Dispose();
        rgb.Dispose();
    }

    private PreparedPicture Cut(NativeFrame upright, (int Width, int Height) shown, Crop crop)
    {
        PictureCutter.Check(crop, shown.Width, shown.Height);
        var (width, height) = fit.Of(crop.Width, crop.Height);
        scaler.Convert(upright, rgb, shown.Width, shown.Height, PixelFormat.Named("rgb24"), SwScale.Bicubic);
        return new PreparedPicture(cutter.Cut(rgb, crop), width, height);
    }
}
