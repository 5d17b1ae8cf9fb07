using Fotograma.Media.Isolation;
using Fotograma.Media.Native;

namespace Fotograma.Media.Decoding;

/// <summary>
/// How many pictures of a video the decoders may hold together: what half of the memory has room for. Encoders and everything else have the other half. One decoder with one thread there
/// always is; what it cannot do with all of the memory is refused.
/// </summary>
/// <param name="Pictures">Pictures there is room for.</param>
/// <param name="Kept">Pictures that one decoder keeps, whatever the number of its threads; each of these has one more in work.</param>
internal readonly record struct PictureRoom(long Pictures, int Kept)
{
    /// <summary>
    /// Reference pictures, by the limits of the profiles (ITU-T H.264 table A-1, level 5.1: 184,320 macroblocks; the largest pictures of H.265, annex A, may keep six), and never more than the
    /// sixteen that either allows.
    /// </summary>
    private const long ReferencePixelsMax = 184_320 * 256;
    private const int ReferencesMin = 6;
    private const int ReferencesMax = 16;

    /// <summary>What a worker has decoded ahead, and what it hands over.</summary>
    private const int HandedOver = GroupSchedule.AheadMax + 1;

    /// <summary>The room that the limits leave for a video, on a machine of so many cores.</summary>
    public static PictureRoom For(NativeStream stream, DecoderLimits limits, int cores) =>
        For(new PixelFormat(stream.Format).PictureBytes(stream.Width, stream.Height), (long)stream.Width * stream.Height, limits.MemoryBytesOn(cores));

    /// <summary>The room for pictures of so many bytes and pixels in so many bytes of memory.</summary>
    public static PictureRoom For(long pictureBytes, long pixels, long memoryBytes) => new(
        memoryBytes / 2 / Math.Max(1, pictureBytes), (int)Math.Clamp(ReferencePixelsMax / Math.Max(1, pixels), ReferencesMin, ReferencesMax) + HandedOver);

    /// <summary>Decoders that there is room for side by side, with one thread each.</summary>
    public int Decoders => (int)Math.Clamp(Pictures / (Kept + 1), 1, int.MaxValue);

    /// <summary>Threads that there is room for where there is one decoder.</summary>
    public int Threads => (int)Math.Clamp(Pictures - Kept, 1, int.MaxValue);

    /// <summary>Whether there is room for decoders with more than one thread each.</summary>
    public bool Fits(Crew crew) => Pictures >= (long)crew.Workers * (Kept + crew.Threads);
}
