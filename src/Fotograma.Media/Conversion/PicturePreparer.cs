using Fotograma.Media.Decoding;
using Fotograma.Media.Faults;
using Fotograma.Media.Native;
using Fotograma.Media.Options;

namespace Fotograma.Media.Conversion;

/// <summary>A picture from which an image of the given size is to be made. It may have that size already.</summary>
internal readonly record struct PreparedPicture(NativeFrame Picture, int Width, int Height);

/// <summary>
/// Makes of a decoded frame the picture that is shown: whole, upright, of ordinary range, cut. One instance serves one thread; what it gives is valid until the next call.
/// </summary>
internal sealed class PicturePreparer(ImageSettings settings) : IDisposable
{
    private readonly Deinterlacer deinterlacer = new(settings.Options.Deinterlace, settings.Notes);
    private readonly FrameTurner turner = new();
    private readonly ToneMapper mapper = new();
    private readonly PictureCutter cutter = new();
    private readonly Scaler scaler = new();
    private readonly NativeFrame rgb = new();
    private readonly ImageFit fit = settings.Fit;

    /// <summary>Prepares <paramref name="frame"/>.</summary>
    /// <exception cref="MediaException">The rectangle to cut out is not inside the picture, or the picture is too large for it.</exception>
    public PreparedPicture Prepare(ChosenFrame frame)
    {
        var options = settings.Options;
        var isHdr = HdrTransfer.Is(frame.Picture.ColorTransfer);
        settings.Notes.See(frame.Turn, isHdr);
        var isMapped = options.ToneMap && isHdr;
        var upright = turner.Upright(deinterlacer.Whole(frame), frame.Turn, isMapped ? "yuv444p10le" : "rgb24");
        var shown = options.SquarePixels ? frame.PixelAspect.Turned(frame.Turn).Shown(upright.Width, upright.Height) : (upright.Width, upright.Height);
        if (options.Crop is { } crop) return Cut(upright, shown, crop, isMapped);
        var (width, height) = fit.Of(shown.Width, shown.Height);
        return new PreparedPicture(isMapped ? mapper.Map(upright, width, height) : upright, width, height);
    }

    /// <summary>Frees the pictures.</summary>
    public void Dispose()
    {
        deinterlacer.Dispose();
        turner.Dispose();
        mapper.Dispose();
        cutter.Dispose();
        scaler.Dispose();
        rgb.Dispose();
    }

    private PreparedPicture Cut(NativeFrame upright, (int Width, int Height) shown, Crop crop, bool isMapped)
    {
        PictureCutter.Check(crop, shown.Width, shown.Height);
        // What is cut out of has all of the picture's width, however little is wanted of it.
        if ((long)shown.Width * shown.Height > ImageSettings.PixelsInWorkMax)
            throw new MediaException(MediaFault.FrameTooLarge, $"With square pixels a picture is {shown.Width}x{shown.Height}, too large to be cut.");
        var (width, height) = fit.Of(crop.Width, crop.Height);
        if (isMapped) return new PreparedPicture(cutter.Cut(mapper.Map(upright, shown.Width, shown.Height), crop), width, height);
        scaler.Convert(upright, rgb, shown.Width, shown.Height, PixelFormat.Named("rgb24"), SwScale.Bicubic);
        return new PreparedPicture(cutter.Cut(rgb, crop), width, height);
    }
}
