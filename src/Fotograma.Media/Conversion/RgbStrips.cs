using Fotograma.Media.Native;
using Fotograma.Media.Png;

namespace Fotograma.Media.Conversion;

/// <summary>
/// The rows of a picture as rgb24, converted some at a time. That is possible where swscale makes each two rows of two rows alone, with the same result
/// as all at once: planar YUV of eight bits that keeps its size. One instance serves one thread.
/// </summary>
internal sealed unsafe class RgbStrips(Scaler scaler) : RowWindow, IDisposable
{
    private const int PixelBytes = 3;

    private static readonly string[] Formats = ["yuv420p", "yuvj420p", "yuv422p", "yuvj422p"];

    private readonly NativeFrame strip = new();
    private readonly NativeFrame larger = new();
    private NativeFrame? source;

    /// <summary>Begins to convert <paramref name="picture"/>, which has to stay as it is; false when it can be converted only as a whole.</summary>
    /// <exception cref="LibavException">The picture cannot be converted.</exception>
    public bool TryBegin(NativeFrame picture)
    {
        if (picture.Height % 2 != 0 || picture.Height < 2 * StepRows || !Formats.Any(name => PixelFormat.Named(name).Number == picture.Format)) return false;
        source = picture;
        strip.Reshape(picture.Width, Math.Max(StepRows, strip.Width == picture.Width ? strip.Height : 0), PixelFormat.Named("rgb24").Number);
        scaler.Prepare(picture, picture.Width, picture.Height, PixelFormat.Named("rgb24"), SwScale.Bicubic);
        Begin(picture.Height);
        return scaler.ConvertRows(picture, 0, StepRows, strip, 0);
    }

    /// <summary>Frees the rows.</summary>
    public void Dispose()
    {
        strip.Dispose();
        larger.Dispose();
    }

    protected override Span<byte> Held(int place) => new(strip.Plane(0) + ((nint)place * strip.LineSize(0)), strip.Width * PixelBytes);

    protected override void MakeRoom(int rows)
    {
        if (rows <= strip.Height) return;
        larger.Reshape(strip.Width, rows, strip.Format);
        for (var row = 0; row < strip.Height; row++) Held(row).CopyTo(new Span<byte>(larger.Plane(0) + ((nint)row * larger.LineSize(0)), strip.Width * PixelBytes));
        strip.Share(larger);
        larger.Clear();
    }

    protected override void Make(int first, int end, int place)
    {
        if (!scaler.ConvertRows(source!, first, end - first, strip, place)) throw new LibavException("A part of the picture cannot be converted", LibavError.InvalidArgument);
    }
}
