using Fotograma.Media.Native;

namespace Fotograma.Media.Overviews;

/// <summary>
/// A small picture in the colours of JPEG files (full range, BT.601, 4:2:0), in managed memory: width and height are even, rows have no gaps, and
/// the chroma planes are half as wide and half as high.
/// </summary>
internal sealed class SmallPicture
{
    private readonly byte[][] planes;

    private SmallPicture(int width, int height, byte[][] planes) => (Width, Height, this.planes) = (width, height, planes);

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>A plane: 0 is luma, 1 and 2 are chroma.</summary>
    public ReadOnlySpan<byte> Plane(int plane) => planes[plane];

    /// <summary>Takes a copy of <paramref name="frame"/>, which is a <c>yuvj420p</c> picture with even sides.</summary>
    public static unsafe SmallPicture Of(NativeFrame frame)
    {
        var planes = new byte[3][];
        for (var plane = 0; plane < planes.Length; plane++)
        {
            var (width, height) = plane == 0 ? (frame.Width, frame.Height) : (frame.Width / 2, frame.Height / 2);
            planes[plane] = GC.AllocateUninitializedArray<byte>(width * height);
            for (var y = 0; y < height; y++)
                new ReadOnlySpan<byte>(frame.Plane(plane) + (nint)y * frame.LineSize(plane), width).CopyTo(planes[plane].AsSpan(y * width));
        }

        return new SmallPicture(frame.Width, frame.Height, planes);
    }
}
