using System.Buffers.Binary;

namespace Fotograma.Media.Isolation;

/// <summary>
/// What the decoder process writes to its standard output: a sequence of messages, each one byte of kind, four bytes of payload
/// length (little-endian) and the payload. Text payloads are UTF-8 JSON. The parent gives one line of JSON (<see cref="DecoderRequest"/>)
/// on standard input and then keeps that pipe open: its end tells the decoder that the parent is gone.
/// </summary>
internal enum DecoderMessage : byte
{
    /// <summary>JSON <see cref="Probing.ProbeReport"/>: what the container says. Exactly once, before all that follows from it.</summary>
    Facts = 1,

    /// <summary>JSON <see cref="DecoderPlan"/>: what is going to be written. At most once, before the first frame.</summary>
    Plan = 2,

    /// <summary>A <see cref="FrameHeader"/>, the image bytes, then the thumbnail's bytes.</summary>
    Frame = 3,

    /// <summary>JSON <see cref="DecoderProgress"/>: a sign of life, at least once a second while work is done.</summary>
    Progress = 4,

    /// <summary>JSON <see cref="Faults.MediaWarning"/>.</summary>
    Warning = 5,

    /// <summary>JSON <see cref="DecoderSummary"/>: the work is finished. The last message of a success.</summary>
    Done = 6,

    /// <summary>JSON <see cref="DecoderFault"/>: the work has failed. The last message of a failure.</summary>
    Fault = 7,

    /// <summary>
    /// JSON <see cref="Sandbox.ConfinementProof"/>: nothing but the work is possible any more, and no byte of the video was read yet. First,
    /// exactly once, unless the sandbox is off. The decoder then waits for the parent's word: one byte on standard input.
    /// </summary>
    Confined = 8,

    /// <summary>An <see cref="ExtraHeader"/> and the bytes of a JPEG: a picture made beside the images. After the last frame.</summary>
    Extra = 9,
}

/// <summary>The work given to the decoder. <paramref name="Operation"/> is <c>probe</c> or <c>extract</c>. Without
/// <paramref name="LeastWork"/> everything is decoded in order, for comparison: the images are the same. With <paramref name="OldCodecs"/> also
/// codecs of old archives are decoded.</summary>
internal sealed record DecoderRequest(
    string Operation, string InputPath, Options.ExtractionOptions? Options, DecoderLimits Limits, int ThumbnailWidth, bool LeastWork = true,
    bool OldCodecs = false);

/// <summary>How many images will come, if that is known (null when a damaged index leaves it open).</summary>
internal sealed record DecoderPlan(int? ExpectedFrames);

/// <summary>How far the work is: how much of the video is done with, and how much has to be, both in seconds.</summary>
internal sealed record DecoderProgress(double PositionSeconds, double DurationSeconds);

/// <summary>Totals of a finished extraction. <paramref name="Duplicates"/> counts the images left out because they were like the one before.</summary>
internal sealed record DecoderSummary(int Frames, long DecodedFrames, long PacketsRead, int Duplicates = 0);

/// <summary>Why the decoder gave up: a code of <see cref="Faults.MediaFault"/> and what the library said.</summary>
internal sealed record DecoderFault(string Code, string Detail);

/// <summary>The fixed head of a <see cref="DecoderMessage.Frame"/> payload.</summary>
/// <param name="Index">Position among the images, from 0.</param>
/// <param name="Pts">Presentation time in units of the stream's time base, as the container has it.</param>
/// <param name="Duration">How long the frame stays on screen, same unit; 0 when unknown.</param>
/// <param name="TimeBaseNumerator">Numerator of the time base, in seconds.</param>
/// <param name="TimeBaseDenominator">Denominator of the time base.</param>
/// <param name="SourceFrame">Number of the frame in the video in presentation order, from 0; -1 when unknown.</param>
/// <param name="KeyFrame">Whether the frame is a key frame.</param>
/// <param name="Width">Width of the image in pixels.</param>
/// <param name="Height">Height of the image in pixels.</param>
/// <param name="ImageBytes">Length of the image.</param>
/// <param name="ThumbnailBytes">Length of the thumbnail; 0 for none.</param>
internal readonly record struct FrameHeader(
    int Index, long Pts, long Duration, int TimeBaseNumerator, int TimeBaseDenominator, long SourceFrame, bool KeyFrame,
    int Width, int Height, int ImageBytes, int ThumbnailBytes)
{
    /// <summary>How much the frame differs from the one before it in the video, 0 to 1; -1 when that was not measured.</summary>
    public float SceneScore { get; init; } = -1;

    /// <summary>The 64 bits of the image's perceptual hash.</summary>
    public ulong PerceptualHash { get; init; }

    /// <summary>Length of the head, in bytes.</summary>
    public const int Bytes = 65;

    /// <summary>Writes the head to the first <see cref="Bytes"/> bytes of <paramref name="target"/>.</summary>
    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, Index);
        BinaryPrimitives.WriteInt64LittleEndian(target[4..], Pts);
        BinaryPrimitives.WriteInt64LittleEndian(target[12..], Duration);
        BinaryPrimitives.WriteInt32LittleEndian(target[20..], TimeBaseNumerator);
        BinaryPrimitives.WriteInt32LittleEndian(target[24..], TimeBaseDenominator);
        BinaryPrimitives.WriteInt64LittleEndian(target[28..], SourceFrame);
        target[36] = KeyFrame ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(target[37..], Width);
        BinaryPrimitives.WriteInt32LittleEndian(target[41..], Height);
        BinaryPrimitives.WriteInt32LittleEndian(target[45..], ImageBytes);
        BinaryPrimitives.WriteInt32LittleEndian(target[49..], ThumbnailBytes);
        BinaryPrimitives.WriteSingleLittleEndian(target[53..], SceneScore);
        BinaryPrimitives.WriteUInt64LittleEndian(target[57..], PerceptualHash);
    }

    /// <summary>Reads a head. The values are as the decoder gave them: the caller checks them.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadInt32LittleEndian(source),
        BinaryPrimitives.ReadInt64LittleEndian(source[4..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[12..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[20..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[24..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[28..]),
        source[36] != 0,
        BinaryPrimitives.ReadInt32LittleEndian(source[37..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[41..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[45..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[49..]))
    {
        SceneScore = BinaryPrimitives.ReadSingleLittleEndian(source[53..]),
        PerceptualHash = BinaryPrimitives.ReadUInt64LittleEndian(source[57..]),
    };
}
