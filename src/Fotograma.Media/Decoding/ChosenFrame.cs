using Fotograma.Media.Conversion;
using Fotograma.Media.Isolation;
using Fotograma.Media.Native;

namespace Fotograma.Media.Decoding;

/// <summary>A chosen frame on its way to becoming an image. Its pictures are owned by the pipeline.</summary>
/// <param name="Picture">The decoded frame.</param>
/// <param name="Turn">How to turn it.</param>
/// <param name="Header">The message's head, but for sizes and index.</param>
/// <param name="Copies">How often in a row it is written.</param>
internal readonly record struct ChosenFrame(NativeFrame Picture, Turn Turn, FrameHeader Header, int Copies)
{
    /// <summary>The shape of its pixels.</summary>
    public PixelAspect PixelAspect { get; init; }

    /// <summary>The frame before it in presentation order, where deinterlacing may need it and it is at hand.</summary>
    public NativeFrame? Before { get; init; }

    /// <summary>The frame after it, likewise.</summary>
    public NativeFrame? After { get; init; }

    /// <summary>Takes over <paramref name="picture"/>.</summary>
    public static unsafe ChosenFrame Of(NativeFrame picture, NativeStream stream, FrameHeader header, int copies)
    {
        var matrix = picture.DisplayMatrix;
        return new ChosenFrame(picture, Turn.FromMatrix(matrix != null ? matrix : stream.DisplayMatrix), header, copies) { PixelAspect = PixelAspect.Of(stream, picture) };
    }

    /// <summary>
    /// The head of a frame with the given presentation time, on the container's timeline, and time on screen. Packets say something else about the
    /// latter: the distance to the next in decoding order, or what the container takes for usual.
    /// </summary>
    public static FrameHeader Head(NativeFrame frame, NativeRational unit, long pts, long duration, long number) =>
        new(0, pts, Math.Max(0, duration), unit.Numerator, unit.Denominator, number, frame.IsKey, 0, 0, 0, 0);

    /// <summary>Frees the pictures.</summary>
    public void Release()
    {
        Picture.Dispose();
        Before?.Dispose();
        After?.Dispose();
    }
}
