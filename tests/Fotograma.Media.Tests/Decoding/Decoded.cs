using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fotograma.Media.Decoding;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;
using Fotograma.Media.Probing;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>One image as the decoder wrote it.</summary>
internal sealed record DecodedImage(FrameHeader Header, byte[] Image, byte[] Thumbnail);

/// <summary>Everything a decoder said.</summary>
internal sealed class Decoded
{
    public ProbeReport? Facts { get; private set; }
    public DecoderPlan? Plan { get; private set; }
    public List<DecodedImage> Images { get; } = [];
    public List<(ExtraHeader Header, byte[] Jpeg)> Extras { get; } = [];
    public List<MediaWarning> Warnings { get; } = [];
    public DecoderSummary? Done { get; private set; }
    public DecoderFault? Fault { get; private set; }
    public int ExitCode { get; private init; }

    public IEnumerable<string> WarningCodes => Warnings.Concat(Facts?.Warnings ?? []).Select(warning => warning.Code);

    /// <summary>Runs the decoder's work in this process, by default with every codec that can be switched on: the gallery has them all.</summary>
    public static async Task<Decoded> RunAsync(
        string path, ExtractionOptions options, int thumbnailWidth = 0, DecoderLimits? limits = null, string operation = "extract",
        bool leastWork = true, TimeProvider? time = null, bool oldCodecs = true)
    {
        var request = new DecoderRequest(operation, path, options, limits ?? new DecoderLimits(), thumbnailWidth, leastWork, oldCodecs);
        using var file = File.OpenHandle(path);
        using var output = new MemoryStream();
        var code = await DecodeSession.RunAsync(request, file, output, time ?? TimeProvider.System, TestContext.Current.CancellationToken);
        return Read(output.GetBuffer().AsMemory(0, (int)output.Length), code);
    }

    /// <summary>Reads messages.</summary>
    public static Decoded Read(ReadOnlyMemory<byte> bytes, int exitCode)
    {
        const int HeadBytes = 5;
        var decoded = new Decoded { ExitCode = exitCode };
        while (!bytes.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[1..]);
            decoded.Take((DecoderMessage)bytes.Span[0], bytes.Slice(HeadBytes, length).Span);
            bytes = bytes[(HeadBytes + length)..];
        }

        return decoded;
    }

    private void Take(DecoderMessage kind, ReadOnlySpan<byte> payload)
    {
        switch (kind)
        {
            case DecoderMessage.Facts: Facts = Parse(payload, DecoderJson.Default.ProbeReport); break;
            case DecoderMessage.Plan: Plan = Parse(payload, DecoderJson.Default.DecoderPlan); break;
            case DecoderMessage.Warning: Warnings.Add(Parse(payload, DecoderJson.Default.MediaWarning)); break;
            case DecoderMessage.Done: Done = Parse(payload, DecoderJson.Default.DecoderSummary); break;
            case DecoderMessage.Fault: Fault = Parse(payload, DecoderJson.Default.DecoderFault); break;
            case DecoderMessage.Frame: TakeFrame(payload); break;
            case DecoderMessage.Extra: Extras.Add((ExtraHeader.Read(payload), payload[ExtraHeader.Bytes..].ToArray())); break;
            case DecoderMessage.Progress or DecoderMessage.Confined: break;
            default: throw new InvalidDataException($"Message {kind}.");
        }
    }

    private void TakeFrame(ReadOnlySpan<byte> payload)
    {
        var header = FrameHeader.Read(payload);
        var images = payload[FrameHeader.Bytes..];
        images.Length.ShouldBe(header.ImageBytes + header.ThumbnailBytes);
        Images.Add(new DecodedImage(header, images[..header.ImageBytes].ToArray(), images[header.ImageBytes..].ToArray()));
    }

    private static T Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(json, type)!;
}
