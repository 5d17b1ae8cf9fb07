using Fotograma.Media.Jpeg;
using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>Shows a frame's planes to the JPEG encoder.</summary>
internal static unsafe class FramePlanes
{
    /// <summary>The picture of a planar YUV frame with eight bits; valid until the frame changes.</summary>
    public static YuvPicture Of(NativeFrame frame)
    {
        var format = new PixelFormat(frame.Format);
        var yuv = new YuvPicture(frame.Width, frame.Height, format.ChromaWidthShift, format.ChromaHeightShift);
        return yuv with { Luma = PlaneOf(frame, 0, yuv.RowsOf(0)), Blue = PlaneOf(frame, 1, yuv.RowsOf(1)), Red = PlaneOf(frame, 2, yuv.RowsOf(2)) };
    }

    private static Plane PlaneOf(NativeFrame frame, int component, int rows)
    {
        var stride = frame.LineSize(component);
        return new Plane(new ReadOnlySpan<byte>(frame.Plane(component), checked(stride * rows)), stride);
    }
}
