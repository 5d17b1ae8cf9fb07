using Fotograma.Media.Decoding;
using Fotograma.Media.Native;
using Fotograma.Media.Options;
using Fotograma.Media.Png;

namespace Fotograma.Media.Conversion;

/// <summary>One frame as an image file and, if wanted, a small JPEG of it. The bytes belong to the encoder that made them.</summary>
internal readonly record struct EncodedImage(int Width, int Height, ReadOnlyMemory<byte> Image, ReadOnlyMemory<byte> Thumbnail);

/// <summary>Makes image files of decoded frames: prepares, scales, converts, encodes. One instance serves one thread.</summary>
internal sealed unsafe class ImageEncoder(ImageSettings settings) : IDisposable
{
    private const int ThumbnailQuality = 85;

    private readonly PicturePreparer preparer = new(settings);
    private readonly Scaler imageScaler = new();
    private readonly PngEncoder png = new();
    private readonly JpegPicture jpeg = new(settings.Options.Quality, SwScale.Bicubic);
    private readonly WebpPicture webp = new(settings.Options.Quality);
    private readonly JpegPicture thumbnail = new(ThumbnailQuality, SwScale.Area);
    private readonly ImageFit thumbnailFit = ImageFit.OfThumbnails(settings.ThumbnailWidth);
    private readonly NativeFrame rgb = new();
    private RgbStrips? strips;

    /// <summary>The upright picture the last image was made of, before it was scaled; valid until the next call of <see cref="Encode"/>.</summary>
    public NativeFrame? Shown { get; private set; }

    /// <summary>Makes the image of <paramref name="frame"/>. The result is valid until the next call.</summary>
    /// <exception cref="LibavException">The frame cannot be converted.</exception>
    /// <exception cref="Faults.MediaException">The options do not go with this frame.</exception>
    public EncodedImage Encode(ChosenFrame frame)
    {
        var (picture, width, height) = preparer.Prepare(frame);
        Shown = picture;
        var image = settings.Options.Format switch
        {
            ImageFormat.Png => EncodePng(picture, width, height),
            ImageFormat.Webp => webp.Encode(picture, width, height),
            _ => jpeg.Encode(picture, width, height),
        };
        return new EncodedImage(width, height, image, EncodeThumbnail(picture, width, height));
    }

    /// <summary>Frees everything, the last result included.</summary>
    public void Dispose()
    {
        preparer.Dispose();
        imageScaler.Dispose();
        jpeg.Dispose();
        webp.Dispose();
        thumbnail.Dispose();
        rgb.Dispose();
        strips?.Dispose();
        png.Dispose();
    }

    private ReadOnlyMemory<byte> EncodePng(NativeFrame picture, int width, int height)
    {
        var format = PixelFormat.Named("rgb24");
        strips ??= new RgbStrips(imageScaler);
        if ((picture.Width, picture.Height) == (width, height) && strips.TryBegin(picture)) return png.Encode(strips, width);
        if ((picture.Width, picture.Height, picture.Format) != (width, height, format.Number))
        {
            imageScaler.Convert(picture, rgb, width, height, format, SwScale.Bicubic);
            picture = rgb;
        }

        var stride = picture.LineSize(0);
        return png.Encode(new ReadOnlySpan<byte>(picture.Plane(0), checked(stride * height)), width, height, stride);
    }

    private ReadOnlyMemory<byte> EncodeThumbnail(NativeFrame picture, int width, int height)
    {
        if (settings.ThumbnailWidth <= 0) return default;
        var (smallWidth, smallHeight) = thumbnailFit.Of(width, height);
        return thumbnail.Encode(picture, smallWidth, smallHeight);
    }
}
