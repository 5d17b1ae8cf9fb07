using System.Buffers.Binary;
using Fotograma.Media.Options;

namespace Fotograma.Media.Manifest;

/// <summary>
/// A binary table of an archive's images, from which a server reads any page by its byte range without touching the manifest:
/// <see cref="HeaderBytes"/> of head (the letters <c>FGFI</c>, version 1, image format, record length, number of records; little-endian),
/// then one <see cref="FrameIndexRecord"/> of <see cref="FrameIndexRecord.Bytes"/> for each image, in order.
/// </summary>
public static class FrameIndex
{
    /// <summary>Length of the head.</summary>
    public const int HeaderBytes = 16;

    private const byte Version = 1;

    private static ReadOnlySpan<byte> Magic => "FGFI"u8;

    /// <summary>Offset of the record with the given <paramref name="ordinal"/>, counted from 0.</summary>
    public static long OffsetOf(int ordinal) => HeaderBytes + (long)ordinal * FrameIndexRecord.Bytes;

    /// <summary>Reads the head, of which <paramref name="source"/> has at least <see cref="HeaderBytes"/>.</summary>
    /// <exception cref="InvalidDataException">This is not such a table, or a newer one.</exception>
    public static (int Count, ImageFormat Format) ReadHeader(ReadOnlySpan<byte> source)
    {
        if (source.Length < HeaderBytes || !source.StartsWith(Magic) || source[4] != Version
            || BinaryPrimitives.ReadUInt16LittleEndian(source[6..]) != FrameIndexRecord.Bytes)
            throw new InvalidDataException("This is not a frame index of version 1.");
        var count = BinaryPrimitives.ReadInt32LittleEndian(source[8..]);
        if (count < 0 || source[5] > (byte)ImageFormat.Webp) throw new InvalidDataException("The frame index is damaged.");
        return (count, (ImageFormat)source[5]);
    }

    /// <summary>Reads all whole records in <paramref name="source"/>, which starts at a record.</summary>
    public static IReadOnlyList<FrameIndexRecord> Read(ReadOnlySpan<byte> source)
    {
        var records = new FrameIndexRecord[source.Length / FrameIndexRecord.Bytes];
        for (var i = 0; i < records.Length; i++) records[i] = FrameIndexRecord.Read(source[(i * FrameIndexRecord.Bytes)..]);
        return records;
    }

    /// <summary>
    /// Reads the records from <paramref name="first"/> (from 0) to before <paramref name="end"/> out of a whole table in a stream that can
    /// seek. Ordinals outside the table are left out.
    /// </summary>
    /// <exception cref="InvalidDataException">The stream is not such a table.</exception>
    public static async Task<IReadOnlyList<FrameIndexRecord>> ReadAsync(Stream table, int first, int end, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        var header = new byte[HeaderBytes];
        table.Position = 0;
        await table.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, cancellation);
        var (count, _) = ReadHeader(header);
        if (table.Length < OffsetOf(count)) throw new InvalidDataException("The frame index is cut off.");
        end = Math.Min(end, count);
        if (first >= end) return [];

        var page = new byte[checked((end - first) * FrameIndexRecord.Bytes)];
        table.Position = OffsetOf(first);
        await table.ReadExactlyAsync(page, cancellation);
        return Read(page);
    }

    /// <summary>Writes the head of a table.</summary>
    internal static void WriteHeader(Span<byte> target, int count, ImageFormat format)
    {
        target[..HeaderBytes].Clear();
        Magic.CopyTo(target);
        target[4] = Version;
        target[5] = (byte)format;
        BinaryPrimitives.WriteUInt16LittleEndian(target[6..], FrameIndexRecord.Bytes);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], count);
    }
}
