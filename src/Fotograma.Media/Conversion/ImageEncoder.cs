using Fotograma.Media.Decoding;
using Fotograma.Media.Native;
using Fotograma.Media.Options;
using Fotograma.Media.Png;

namespace Fotograma.Media.Conversion;

/// <summary>One frame as an image file and, if wanted, a small JPEG of it. The bytes belong to the encoder that made them.</summary>
internal readonly record struct EncodedImage(int Width, int Height, ReadOnlyMemory<byte> Image, ReadOnlyMemory<byte> Thumbnail);

/// <summary>What images to make.</summary>
/// <param name="Options">How they look.</param>
/// <param name="ThumbnailWidth">Width of the small pictures, in pixels; 0 for none.</param>
internal sealed record ImageSettings(ExtractionOptions Options, int ThumbnailWidth);

/// <summary>Makes image files of decoded frames: turns, scales, converts, encodes. One instance serves one thread.</summary>
internal sealed unsafe class ImageEncoder(ImageSettings settings) : IDisposable
{
    private const int ThumbnailQuality = 85;

    private readonly FrameTurner turner = new();
    private readonly Scaler imageScaler = new();
    private readonly PngEncoder png = new();
    private readonly JpegPicture jpeg = new(settings.Options.Quality, SwScale.Bicubic);
    private readonly JpegPicture thumbnail = new(ThumbnailQuality, SwScale.Area);
    private readonly NativeFrame rgb = new();

    /// <summary>The upright picture the last image was made of, before it was scaled; valid until the next call of <see cref="Encode"/>.</summary>
    public NativeFrame? Shown { get; private set; }

    /// <summary>Makes the image of <paramref name="frame"/>. The result is valid until the next call.</summary>
    /// <exception cref="LibavException">The frame cannot be converted.</exception>
    public EncodedImage Encode(ChosenFrame frame)
    {
        var upright = turner.Upright(frame.Picture, frame.Turn);
        Shown = upright;
        var (width, height) = ImageFit.Inside(upright.Width, upright.Height, settings.Options.Width, settings.Options.Height);
        var image = settings.Options.Format == ImageFormat.Png ? EncodePng(upright, width, height) : jpeg.Encode(upright, width, height);
        return new EncodedImage(width, height, image, EncodeThumbnail(upright));
    }

    /// <summary>Frees everything, the last result included.</summary>
    public void Dispose()
    {
        turner.Dispose();
        imageScaler.Dispose();
        png.Dispose();
        jpeg.Dispose();
        thumbnail.Dispose();
        rgb.Dispose();
    }

    private ReadOnlyMemory<byte> EncodePng(NativeFrame picture, int width, int height)
    {
        imageScaler.Convert(picture, rgb, width, height, PixelFormat.Named("rgb24"), SwScale.Bicubic);
        var stride = rgb.LineSize(0);
        return png.Encode(new ReadOnlySpan<byte>(rgb.Plane(0), checked(stride * height)), width, height, stride);
    }

    private ReadOnlyMemory<byte> EncodeThumbnail(NativeFrame picture)
    {
        if (settings.ThumbnailWidth <= 0) return default;
        var (width, height) = ImageFit.Inside(picture.Width, picture.Height, settings.ThumbnailWidth, null);
        return thumbnail.Encode(picture, width, height);
    }
}
