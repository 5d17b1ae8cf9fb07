using Fotograma.Media.Conversion;
using Fotograma.Media.Jpeg;
using Fotograma.Media.Native;

namespace Fotograma.Media.Overviews;

/// <summary>A picture to draw small pictures and text on, and to encode as JPEG. Places are in pixels from the top left, and even.</summary>
internal sealed unsafe class Canvas : IDisposable
{
    private const byte Grey = 128;

    private readonly NativeFrame frame = new();

    /// <summary>An even canvas of one shade of grey, 0 (black) to 255 (white). Both sides are even.</summary>
    public Canvas(int width, int height, byte shade)
    {
        frame.Reshape(width, height, PixelFormat.Named("yuvj420p").Number);
        Fill(0, 0, width, height, shade);
    }

    /// <summary>Width in pixels.</summary>
    public int Width => frame.Width;

    /// <summary>Height in pixels.</summary>
    public int Height => frame.Height;

    /// <summary>Fills a rectangle with one shade of grey.</summary>
    public void Fill(int left, int top, int width, int height, byte shade)
    {
        for (var y = top; y < top + height; y++) Row(0, y, left, width).Fill(shade);
        for (var y = top / 2; y < (top + height) / 2; y++)
        {
            Row(1, y, left / 2, width / 2).Fill(Grey);
            Row(2, y, left / 2, width / 2).Fill(Grey);
        }
    }

    /// <summary>Draws a picture in the middle of a box; made smaller where it does not fit.</summary>
    public void DrawInside(SmallPicture picture, int left, int top, int boxWidth, int boxHeight)
    {
        if (picture.Width > boxWidth || picture.Height > boxHeight) picture = Fit(picture, Sizes.Inside(picture.Width, picture.Height, boxWidth, boxHeight));
        Copy(picture, left + (boxWidth - picture.Width) / 4 * 2, top + (boxHeight - picture.Height) / 4 * 2);
    }

    /// <summary>Writes <paramref name="text"/> in letters of <see cref="DotLetters"/> whose dots are squares of <paramref name="dot"/> pixels.</summary>
    public void Write(string text, int left, int top, int dot, byte shade)
    {
        foreach (var letter in text)
        {
            for (var y = 0; y < DotLetters.Height; y++)
            {
                for (var x = 0; x < DotLetters.Width; x++)
                {
                    if (!DotLetters.Has(letter, x, y)) continue;
                    for (var line = 0; line < dot; line++) Row(0, top + y * dot + line, left + x * dot, dot).Fill(shade);
                }
            }

            left += DotLetters.Advance * dot;
        }
    }

    /// <summary>The canvas as a JPEG file.</summary>
    public byte[] Encode(int quality)
    {
        return new JpegEncoder(quality).Encode(FramePlanes.Of(frame)).ToArray();
    }

    /// <summary>Frees the picture.</summary>
    public void Dispose() => frame.Dispose();

    private static SmallPicture Fit(SmallPicture picture, (int Width, int Height) size)
    {
        using var source = new Canvas(picture.Width, picture.Height, shade: 0);
        source.Copy(picture, 0, 0);
        using var scaler = new Scaler();
        using var target = new NativeFrame();
        scaler.Convert(source.frame, target, size.Width, size.Height, PixelFormat.Named("yuvj420p"), SwScale.Area, targetFull: true);
        return SmallPicture.Of(target);
    }

    private void Copy(SmallPicture picture, int left, int top)
    {
        for (var plane = 0; plane < 3; plane++)
        {
            var shift = plane == 0 ? 0 : 1;
            var (width, height) = (picture.Width >> shift, picture.Height >> shift);
            for (var y = 0; y < height; y++) picture.Plane(plane).Slice(y * width, width).CopyTo(Row(plane, (top >> shift) + y, left >> shift, width));
        }
    }

    private Span<byte> Row(int plane, int y, int left, int width) => new(frame.Plane(plane) + (nint)y * frame.LineSize(plane) + left, width);
}
