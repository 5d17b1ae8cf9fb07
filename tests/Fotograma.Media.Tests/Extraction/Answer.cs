using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Jpeg;
using Fotograma.Media.Options;
using Fotograma.Media.Png;
using Fotograma.Media.Probing;

namespace Fotograma.Media.Tests.Extraction;

/// <summary>Bytes a decoder may answer with, right or wrong.</summary>
internal sealed class Answer
{
    public const int Width = 5;
    public const int Height = 3;

    private readonly List<byte> bytes = [];

    public static ProbeReport Video { get; } = new()
    {
        Container = "mov", Codec = "h264", Width = Width, Height = Height, DurationSeconds = 2, TimeBase = new Rational(1, 1000),
        Warnings = [new MediaWarning("rotation_applied", "The images are turned the way players show the video.")],
    };

    public byte[] ToArray() => [.. bytes];

    public Answer Raw(params byte[] raw)
    {
        bytes.AddRange(raw);
        return this;
    }

    public Answer Message(DecoderMessage kind, byte[] payload) => Prefix(kind, (uint)payload.Length).Raw(payload);

    public Answer Prefix(DecoderMessage kind, uint length)
    {
        var prefix = new byte[5];
        prefix[0] = (byte)kind;
        BinaryPrimitives.WriteUInt32LittleEndian(prefix.AsSpan(1), length);
        return Raw(prefix);
    }

    public Answer Text(DecoderMessage kind, string json) => Message(kind, Encoding.UTF8.GetBytes(json));

    public Answer Facts(ProbeReport? video = null) => Message(DecoderMessage.Facts, JsonSerializer.SerializeToUtf8Bytes(video ?? Video, DecoderJson.Default.ProbeReport));

    public Answer Plan(int? frames) => Message(DecoderMessage.Plan, JsonSerializer.SerializeToUtf8Bytes(new DecoderPlan(frames), DecoderJson.Default.DecoderPlan));

    public Answer Progress(double position) =>
        Message(DecoderMessage.Progress, JsonSerializer.SerializeToUtf8Bytes(new DecoderProgress(position, 2), DecoderJson.Default.DecoderProgress));

    public Answer Warning(string code = "time_jumps", string message = "The file's clock jumps; times go on without the gap.") =>
        Message(DecoderMessage.Warning, JsonSerializer.SerializeToUtf8Bytes(new MediaWarning(code, message), DecoderJson.Default.MediaWarning));

    public Answer Missing() => Message(
        DecoderMessage.Warning, JsonSerializer.SerializeToUtf8Bytes(new MediaWarning(MediaWarning.TimestampOutOfRange, "Nothing is on screen at 9 s.", 9), DecoderJson.Default.MediaWarning));

    public Answer Done(int frames) =>
        Message(DecoderMessage.Done, JsonSerializer.SerializeToUtf8Bytes(new DecoderSummary(frames, 50, 50), DecoderJson.Default.DecoderSummary));

    public Answer Fault(string code) =>
        Message(DecoderMessage.Fault, JsonSerializer.SerializeToUtf8Bytes(new DecoderFault(code, "what the\nlibrary said"), DecoderJson.Default.DecoderFault));

    /// <summary>A right frame, unless <paramref name="change"/> makes its head lie.</summary>
    public Answer Frame(int index, Func<FrameHeader, FrameHeader>? change = null, byte[]? image = null, byte[]? thumbnail = null, uint? length = null)
    {
        image ??= Png(index);
        thumbnail ??= [];
        var head = new FrameHeader(index, index * 1000L, 40, 1, 1000, index * 25L, index == 0, Width, Height, image.Length, thumbnail.Length);
        var encoded = new byte[FrameHeader.Bytes];
        (change?.Invoke(head) ?? head).Write(encoded);
        return Prefix(DecoderMessage.Frame, length ?? (uint)(FrameHeader.Bytes + image.Length + thumbnail.Length)).Raw(encoded).Raw(image).Raw(thumbnail);
    }

    /// <summary>A right extra of one image, unless <paramref name="change"/> makes its head lie.</summary>
    public Answer Extra(Extras kind, Func<ExtraHeader, ExtraHeader>? change = null, byte[]? jpeg = null)
    {
        jpeg ??= Jpeg();
        var head = new ExtraHeader(kind, 0, Width, Height, 0, kind == Extras.Storyboard ? 1 : 0, 1, 1, Width, Height);
        var encoded = new byte[ExtraHeader.Bytes];
        (change?.Invoke(head) ?? head).Write(encoded);
        return Prefix(DecoderMessage.Extra, (uint)(ExtraHeader.Bytes + jpeg.Length)).Raw(encoded).Raw(jpeg);
    }

    /// <summary>A small picture, different for each index.</summary>
    public static byte[] Png(int index, int width = Width, int height = Height)
    {
        var encoder = new PngEncoder();
        return encoder.Encode(Enumerable.Repeat((byte)(index + 1), width * height * 3).ToArray(), width, height, width * 3).ToArray();
    }

    /// <summary>The outside of a lossy WebP, with a frame's head and no picture.</summary>
    public static byte[] Webp() =>
        [.. "RIFF"u8, 22, 0, 0, 0, .. "WEBPVP8 "u8, 10, 0, 0, 0, 0x10, 0, 0, 0x9D, 0x01, 0x2A, Width, 0, Height, 0];

    /// <summary>A grey picture.</summary>
    public static byte[] Jpeg(int width = Width, int height = Height)
    {
        var (columns, rows) = ((width + 1) / 2, (height + 1) / 2);
        return new JpegEncoder(90).Encode(new YuvPicture(width, height, 1, 1)
        {
            Luma = new Plane(new byte[width * height], width), Blue = new Plane(new byte[columns * rows], columns), Red = new Plane(new byte[columns * rows], columns),
        }).ToArray();
    }
}
