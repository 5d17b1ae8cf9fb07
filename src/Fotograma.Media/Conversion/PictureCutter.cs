using Fotograma.Media.Faults;
using Fotograma.Media.Native;
using Fotograma.Media.Options;

namespace Fotograma.Media.Conversion;

/// <summary>Cuts a rectangle out of RGB pictures, to the pixel: there is no chroma grid that it could miss.</summary>
internal sealed unsafe class PictureCutter : IDisposable
{
    private const int PixelBytes = 3;

    private readonly NativeFrame cut = new();

    /// <summary>Refuses a rectangle that is not wholly inside a picture of the given size.</summary>
    /// <exception cref="MediaException"><see cref="MediaFault.CropOutside"/>.</exception>
    public static void Check(Crop crop, int width, int height)
    {
        if (crop.Left >= 0 && crop.Top >= 0 && crop.Width > 0 && crop.Height > 0
            && (long)crop.Left + crop.Width <= width && (long)crop.Top + crop.Height <= height) return;
        throw new MediaException(
            MediaFault.CropOutside, $"{crop.Width}x{crop.Height}+{crop.Left}+{crop.Top} of a picture of {width}x{height}.");
    }

    /// <summary>The part of an rgb24 <paramref name="picture"/>; valid until the next call.</summary>
    public NativeFrame Cut(NativeFrame picture, Crop crop)
    {
        cut.Reshape(crop.Width, crop.Height, picture.Format);
        cut.UseColorsOf(picture);
        for (var row = 0; row < crop.Height; row++)
        {
            var from = picture.Plane(0) + (nint)(crop.Top + row) * picture.LineSize(0) + crop.Left * PixelBytes;
            var to = cut.Plane(0) + (nint)row * cut.LineSize(0);
            Buffer.MemoryCopy(from, to, cut.LineSize(0), crop.Width * PixelBytes);
        }

        return cut;
    }

    /// <summary>Frees the picture.</summary>
    public void Dispose() => cut.Dispose();
}
