using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fotograma.Media.Conversion;
using Fotograma.Media.Isolation;

namespace Fotograma.Media.Decoding;

/// <summary>
/// Writes <see cref="DecoderMessage"/>s to a stream, one after the other, from any thread. What is begun is written whole, whatever is cancelled meanwhile: the fault that made somebody
/// cancel comes after it, and would be read as a part of it.
/// </summary>
internal sealed class MessageWriter(Stream output) : IDisposable
{
    private const int HeadBytes = 5;

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ArrayBufferWriter<byte> buffer = new();

    /// <summary>Writes a message with a JSON payload.</summary>
    public async Task WriteAsync<T>(DecoderMessage kind, T payload, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(payload, type);
            WriteHead(kind, json.Length);
            buffer.Write(json);
            await output.WriteAsync(buffer.WrittenMemory, CancellationToken.None);
            await output.FlushAsync(CancellationToken.None);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Writes a frame. The lengths in <paramref name="header"/> are those of <paramref name="image"/>.</summary>
    public async Task WriteFrameAsync(FrameHeader header, EncodedImage image, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            WriteHead(DecoderMessage.Frame, checked(FrameHeader.Bytes + image.Image.Length + image.Thumbnail.Length));
            header.Write(buffer.GetSpan(FrameHeader.Bytes));
            buffer.Advance(FrameHeader.Bytes);
            await output.WriteAsync(buffer.WrittenMemory, CancellationToken.None);
            await output.WriteAsync(image.Image, CancellationToken.None);
            if (!image.Thumbnail.IsEmpty) await output.WriteAsync(image.Thumbnail, CancellationToken.None);
            await output.FlushAsync(CancellationToken.None);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Writes an extra.</summary>
    public async Task WriteExtraAsync(ExtraHeader header, ReadOnlyMemory<byte> jpeg, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            WriteHead(DecoderMessage.Extra, checked(ExtraHeader.Bytes + jpeg.Length));
            header.Write(buffer.GetSpan(ExtraHeader.Bytes));
            buffer.Advance(ExtraHeader.Bytes);
            await output.WriteAsync(buffer.WrittenMemory, CancellationToken.None);
            await output.WriteAsync(jpeg, CancellationToken.None);
            await output.FlushAsync(CancellationToken.None);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Leaves the stream open.</summary>
    public void Dispose() => turn.Dispose();

    private void WriteHead(DecoderMessage kind, int payloadBytes)
    {
        buffer.ResetWrittenCount();
        var head = buffer.GetSpan(HeadBytes);
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], payloadBytes);
        buffer.Advance(HeadBytes);
    }
}
