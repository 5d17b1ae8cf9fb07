using System.Buffers.Binary;

namespace Fotograma.Media.Manifest;

/// <summary>What is known about one image of an archive.</summary>
/// <param name="Index">Number of the image, from 1, as in its file name.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="KeyFrame">Whether the video stores it as a key frame.</param>
/// <param name="Pts">Presentation time in units of the time base, as the container has it.</param>
/// <param name="Duration">Time on screen in units of the time base; 0 when unknown.</param>
/// <param name="TimeBaseNumerator">Numerator of the time base, in seconds.</param>
/// <param name="TimeBaseDenominator">Denominator of the time base.</param>
/// <param name="SourceFrame">Number of the frame in the video in presentation order, from 0; -1 when unknown.</param>
/// <param name="ImageOffset">Offset of the image's first byte in the archive.</param>
/// <param name="ImageBytes">Length of the image: the archive stores it undeflated, so this range of it is a whole image file.</param>
/// <param name="ThumbnailOffset">Offset of the thumbnail in the thumbnails blob.</param>
/// <param name="ThumbnailBytes">Length of the thumbnail (JPEG); 0 when there is none.</param>
/// <param name="Sha256">SHA-256 of the image.</param>
public readonly record struct FrameIndexRecord(
    int Index, int Width, int Height, bool KeyFrame, long Pts, long Duration, int TimeBaseNumerator, int TimeBaseDenominator,
    long SourceFrame, long ImageOffset, int ImageBytes, long ThumbnailOffset, int ThumbnailBytes, Sha256Digest Sha256)
{
    /// <summary>Length of an encoded record.</summary>
    public const int Bytes = 120;

    /// <summary>Length of a record in tables of version 1, which end after the digest.</summary>
    internal const int BytesOfVersion1 = 104;

    /// <summary>How much the frame differs from the one before it in the video, 0 to 1; -1 when that was not measured.</summary>
    public float SceneScore { get; init; } = -1;

    /// <summary>The 64 bits of the image's perceptual hash; null in tables of version 1, which have none.</summary>
    public ulong? PerceptualHash { get; init; }

    /// <summary>Which of the images that have one name in common this is, from 1; see <see cref="FrameNames.Image"/>.</summary>
    public int NameRepeat { get; init; } = 1;

    /// <summary>Presentation time in seconds, exact to the microsecond, written as ffprobe writes <c>pts_time</c>.</summary>
    public string Time => FrameTime.Format(Pts, TimeBaseNumerator, TimeBaseDenominator);

    /// <summary>Time on screen in seconds, written likewise; null when unknown.</summary>
    public string? DurationTime => Duration > 0 ? FrameTime.Format(Duration, TimeBaseNumerator, TimeBaseDenominator) : null;

    /// <summary>Writes the record to the first <see cref="Bytes"/> bytes of <paramref name="target"/>, all numbers little-endian.</summary>
    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, Index);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], Width);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], Height);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], KeyFrame ? 1 : 0);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], Pts);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], Duration);
        BinaryPrimitives.WriteInt32LittleEndian(target[32..], TimeBaseNumerator);
        BinaryPrimitives.WriteInt32LittleEndian(target[36..], TimeBaseDenominator);
        BinaryPrimitives.WriteInt64LittleEndian(target[40..], SourceFrame);
        BinaryPrimitives.WriteInt64LittleEndian(target[48..], ImageOffset);
        BinaryPrimitives.WriteInt64LittleEndian(target[56..], ThumbnailOffset);
        BinaryPrimitives.WriteInt32LittleEndian(target[64..], ImageBytes);
        BinaryPrimitives.WriteInt32LittleEndian(target[68..], ThumbnailBytes);
        Sha256.Write(target[72..]);
        BinaryPrimitives.WriteUInt64LittleEndian(target[104..], PerceptualHash ?? 0);
        BinaryPrimitives.WriteSingleLittleEndian(target[112..], SceneScore);
        BinaryPrimitives.WriteInt32LittleEndian(target[116..], NameRepeat);
    }

    /// <summary>Reads a record from the first <see cref="Bytes"/> bytes of <paramref name="source"/>.</summary>
    public static FrameIndexRecord Read(ReadOnlySpan<byte> source) => ReadVersion1(source) with
    {
        PerceptualHash = BinaryPrimitives.ReadUInt64LittleEndian(source[104..]),
        SceneScore = BinaryPrimitives.ReadSingleLittleEndian(source[112..]),
        NameRepeat = BinaryPrimitives.ReadInt32LittleEndian(source[116..]),
    };

    /// <summary>Reads a record of version 1.</summary>
    internal static FrameIndexRecord ReadVersion1(ReadOnlySpan<byte> source) => new(
        Index: BinaryPrimitives.ReadInt32LittleEndian(source),
        Width: BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
        Height: BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
        KeyFrame: (BinaryPrimitives.ReadInt32LittleEndian(source[12..]) & 1) != 0,
        Pts: BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
        Duration: BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
        TimeBaseNumerator: BinaryPrimitives.ReadInt32LittleEndian(source[32..]),
        TimeBaseDenominator: BinaryPrimitives.ReadInt32LittleEndian(source[36..]),
        SourceFrame: BinaryPrimitives.ReadInt64LittleEndian(source[40..]),
        ImageOffset: BinaryPrimitives.ReadInt64LittleEndian(source[48..]),
        ThumbnailOffset: BinaryPrimitives.ReadInt64LittleEndian(source[56..]),
        ImageBytes: BinaryPrimitives.ReadInt32LittleEndian(source[64..]),
        ThumbnailBytes: BinaryPrimitives.ReadInt32LittleEndian(source[68..]),
        Sha256: Sha256Digest.Read(source[72..]));
}
