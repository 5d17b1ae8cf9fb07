using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fotograma.Media.Faults;

namespace Fotograma.Media.Isolation;

/// <summary>
/// Takes messages off the decoder's output. Nothing it says is believed: a length is checked before memory is taken for it, and one
/// message at a time is held, in a buffer that is used again.
/// </summary>
internal sealed class DecoderReader(Stream source)
{
    /// <summary>Longest text message, in bytes.</summary>
    public const int TextBytesMax = 64 << 10;

    private const int PrefixBytes = 5;

    private byte[] buffer = new byte[TextBytesMax];

    /// <summary>Length of the message that <see cref="NextAsync"/> announced and that is not read yet.</summary>
    public int PayloadBytes { get; private set; }

    /// <summary>Reads the kind and length of the next message; null at the end of the output, also in the middle of one.</summary>
    public async ValueTask<DecoderMessage?> NextAsync(CancellationToken cancellation)
    {
        if (!await FillAsync(PrefixBytes, cancellation)) return null;
        var kind = (DecoderMessage)buffer[0];
        var length = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(1));
        if (kind is < DecoderMessage.Facts or > DecoderMessage.Confined) throw Misbehaved($"It sent a message of the unknown kind {(byte)kind}.");
        if (length > (kind == DecoderMessage.Frame ? int.MaxValue : TextBytesMax)) throw Misbehaved($"It announced a {kind} message of {length} bytes.");
        PayloadBytes = (int)length;
        return kind;
    }

    /// <summary>Reads a text message; null when the output ends in it.</summary>
    public async ValueTask<T?> TextAsync<T>(JsonTypeInfo<T> type, CancellationToken cancellation) where T : class
    {
        if (!await FillAsync(PayloadBytes, cancellation)) return null;
        try
        {
            return JsonSerializer.Deserialize(buffer.AsSpan(0, PayloadBytes), type) ?? throw Misbehaved($"It sent null for a {typeof(T).Name}.");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or NotSupportedException)
        {
            throw new MediaException(MediaFault.DecoderMisbehaved, $"It sent a {typeof(T).Name} that cannot be read.", exception);
        }
    }

    /// <summary>Reads the next <paramref name="bytes"/> of the current message; null when the output ends before. Valid until the next read.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> BytesAsync(int bytes, CancellationToken cancellation) =>
        await FillAsync(bytes, cancellation) ? (ReadOnlyMemory<byte>?)buffer.AsMemory(0, bytes) : null; // without the cast, null would be an empty memory

    private async ValueTask<bool> FillAsync(int bytes, CancellationToken cancellation)
    {
        // To the next power of two, so that images that grow by a few bytes from frame to frame do not each cost a new buffer.
        if (buffer.Length < bytes) buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)bytes), (uint)Array.MaxLength));
        try
        {
            return await source.ReadAtLeastAsync(buffer.AsMemory(0, bytes), bytes, throwOnEndOfStream: false, cancellation) == bytes;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static MediaException Misbehaved(string detail) => new(MediaFault.DecoderMisbehaved, detail);
}
