using System.Buffers.Binary;
using System.Text;
using Fotograma.Media.Options;

namespace Fotograma.Media.Manifest;

/// <summary>
/// A binary table of an archive's images, from which a server reads any page by its byte range without touching the manifest:
/// <see cref="HeaderBytes"/> of head (the letters <c>FGFI</c>, version 2, image format, record length, number of records, length of the name
/// template, three bytes unused, the template in ASCII; little-endian), then one <see cref="FrameIndexRecord"/> for each image, in order.
/// Version 1, whose head is 16 bytes long and whose records are shorter, is still read: results outlive programs.
/// </summary>
public static class FrameIndex
{
    /// <summary>Length of the head.</summary>
    public const int HeaderBytes = 128;

    private const int HeaderBytesOfVersion1 = 16;
    private const int CountAt = 8;
    private const byte Version = 2;

    private static ReadOnlySpan<byte> Magic => "FGFI"u8;

    /// <summary>
    /// Reads the head and the records from <paramref name="first"/> (from 0) to before <paramref name="end"/> out of a whole table in a stream
    /// that can seek. Ordinals outside the table are left out.
    /// </summary>
    /// <exception cref="InvalidDataException">The stream is not such a table, or a newer one.</exception>
    public static async Task<FrameIndexPage> ReadAsync(Stream table, int first, int end, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        var (head, _) = await ReadHeadAsync(table, cancellation);
        var page = await ReadRecordsAsync(table, head, first, end, cancellation);
        var records = new FrameIndexRecord[page.Length / head.RecordBytes];
        for (var i = 0; i < records.Length; i++)
        {
            var record = page.AsSpan(i * head.RecordBytes);
            records[i] = head.Version == 1 ? FrameIndexRecord.ReadVersion1(record) : FrameIndexRecord.Read(record);
        }
        return new FrameIndexPage(head.Count, head.Format, head.Names, records);
    }

    /// <summary>Cuts a table out of a table: with the records from <paramref name="first"/> (from 0) to before <paramref name="end"/>, as far as there are any.</summary>
    /// <exception cref="InvalidDataException">The stream is not such a table, or a newer one.</exception>
    public static async Task<byte[]> CutAsync(Stream table, int first, int end, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        var (head, bytes) = await ReadHeadAsync(table, cancellation);
        var records = await ReadRecordsAsync(table, head, first, end, cancellation);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(CountAt), records.Length / head.RecordBytes);
        return [.. bytes, .. records];
    }

    private static async Task<(Head Head, byte[] Bytes)> ReadHeadAsync(Stream table, CancellationToken cancellation)
    {
        var bytes = new byte[HeaderBytes];
        table.Position = 0;
        var read = await table.ReadAtLeastAsync(bytes, HeaderBytes, throwOnEndOfStream: false, cancellation);
        var head = ReadHeader(bytes.AsSpan(0, read));
        if (table.Length < head.Bytes + (long)head.Count * head.RecordBytes) throw new InvalidDataException("The frame index is cut off.");
        return (head, bytes[..head.Bytes]);
    }

    private static async Task<byte[]> ReadRecordsAsync(Stream table, Head head, int first, int end, CancellationToken cancellation)
    {
        end = Math.Min(end, head.Count);
        if (first >= end) return [];
        var records = new byte[checked((end - first) * head.RecordBytes)];
        table.Position = head.Bytes + (long)first * head.RecordBytes;
        await table.ReadExactlyAsync(records, cancellation);
        return records;
    }

    /// <summary>Writes the head of a table.</summary>
    internal static void WriteHeader(Span<byte> target, int count, ImageFormat format, NameTemplate names)
    {
        target[..HeaderBytes].Clear();
        Magic.CopyTo(target);
        target[4] = Version;
        target[5] = (byte)format;
        BinaryPrimitives.WriteUInt16LittleEndian(target[6..], FrameIndexRecord.Bytes);
        BinaryPrimitives.WriteInt32LittleEndian(target[CountAt..], count);
        target[12] = (byte)Encoding.ASCII.GetBytes(names.Text, target[HeaderBytesOfVersion1..HeaderBytes]);
    }

    private static Head ReadHeader(ReadOnlySpan<byte> source)
    {
        if (source.Length < HeaderBytesOfVersion1 || !source.StartsWith(Magic) || source[4] is 0 or > Version)
            throw new InvalidDataException("This is not a frame index of version 1 or 2.");
        var version = source[4];
        var recordBytes = version == 1 ? FrameIndexRecord.BytesOfVersion1 : FrameIndexRecord.Bytes;
        var count = BinaryPrimitives.ReadInt32LittleEndian(source[CountAt..]);
        if (count < 0 || source[5] > (byte)ImageFormat.Webp || BinaryPrimitives.ReadUInt16LittleEndian(source[6..]) != recordBytes)
            throw new InvalidDataException("The frame index is damaged.");
        if (version == 1) return new Head(version, count, (ImageFormat)source[5], NameTemplate.Default);
        var end = HeaderBytesOfVersion1 + source[12];
        return end <= HeaderBytes && source.Length == HeaderBytes && NameTemplate.OfStored(Encoding.ASCII.GetString(source[HeaderBytesOfVersion1..end])) is { } names
            ? new Head(version, count, (ImageFormat)source[5], names)
            : throw new InvalidDataException("The frame index is damaged.");
    }

    private readonly record struct Head(byte Version, int Count, ImageFormat Format, NameTemplate Names)
    {
        public int Bytes => Version == 1 ? HeaderBytesOfVersion1 : HeaderBytes;

        public int RecordBytes => Version == 1 ? FrameIndexRecord.BytesOfVersion1 : FrameIndexRecord.Bytes;
    }
}

/// <summary>A part of a <see cref="FrameIndex"/>.</summary>
/// <param name="Count">Number of images in the whole table.</param>
/// <param name="Format">The format of all images.</param>
/// <param name="Names">How they are called.</param>
/// <param name="Records">What is known about the images of this part.</param>
public sealed record FrameIndexPage(int Count, ImageFormat Format, NameTemplate Names, IReadOnlyList<FrameIndexRecord> Records)
{
    /// <summary>Name in the archive of one of <see cref="Records"/>.</summary>
    public string NameOf(in FrameIndexRecord record) => FrameNames.Image(record, Format, Names);
}
