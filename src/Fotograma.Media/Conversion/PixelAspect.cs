using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// The shape of stored pixels, width to height. Where it is not known pixels are square. The container's word goes before the codec's, as in the
/// ffmpeg program.
/// </summary>
internal readonly record struct PixelAspect(int Width, int Height)
{
    /// <summary>Pixels that are more than this many times as wide as high, or the other way round, are a mistake in the file.</summary>
    public const int RatioMax = 8;

    /// <summary>Whether nothing has to be done.</summary>
    public bool IsSquare => Width == Height || Width <= 0 || Height <= 0;

    /// <summary>Whether nothing is done because the shape cannot be meant.</summary>
    public bool IsAbsurd => !IsSquare && ((long)Width > (long)Height * RatioMax || (long)Height > (long)Width * RatioMax);

    /// <summary>The shape of a stream's pixels.</summary>
    public static PixelAspect Of(NativeStream stream) => Choose(stream.PixelAspect, stream.CodecPixelAspect);

    /// <summary>The shape of a frame's pixels.</summary>
    public static PixelAspect Of(NativeStream stream, NativeFrame frame) => Choose(stream.PixelAspect, frame.PixelAspect);

    /// <summary>The shape after a turn.</summary>
    public PixelAspect Turned(Turn turn) => turn.Swap ? new PixelAspect(Height, Width) : this;

    /// <summary>
    /// The size in square pixels of a picture of the given size: the height stays, the width is multiplied by the aspect and rounded to the nearest
    /// pixel.
    /// </summary>
    public (int Width, int Height) Shown(int width, int height)
    {
        if (IsSquare || IsAbsurd) return (width, height);
        return ((int)Math.Max(1, ((long)width * Width * 2 + Height) / (2L * Height)), height);
    }

    private static PixelAspect Choose(NativeRational first, NativeRational second)
    {
        var chosen = first is { Numerator: > 0, Denominator: > 0 } ? first : second;
        return new PixelAspect(chosen.Numerator, chosen.Denominator);
    }
}
