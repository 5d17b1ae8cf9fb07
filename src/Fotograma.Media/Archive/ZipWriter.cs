using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Fotograma.Media.Archive;

/// <summary>
/// Writes a ZIP archive front to back to a stream that cannot seek (PKWARE APPNOTE 6.3.10). Images are stored, since deflating them
/// again wins nothing: their length and checksum stand before their bytes, so that an entry can be read by its range alone. Texts are
/// deflated, and followed by a data descriptor. ZIP64 records are written exactly when an offset or the number of entries needs them;
/// a single entry is always smaller than 4 GiB. Equal entries and timestamp give equal bytes. After an exception the archive is useless.
/// </summary>
internal sealed class ZipWriter
{
    private const int LocalHeaderBytes = 30;
    private const int TimestampExtraBytes = 9;
    private const int CentralHeaderBytes = 46;
    private const int Zip64OffsetExtraBytes = 12;
    private const ushort Utf8Names = 1 << 11;
    private const ushort DescriptorFollows = 1 << 3;
    private const ushort Stored = 0;
    private const ushort Deflated = 8;
    private const ushort MadeByUnix = 3 << 8;
    private const uint RegularFileReadableByAll = 0x81A4u << 16; // S_IFREG | 0644 in the Unix half of the attributes

    private static readonly byte[] EmptyDeflated = [3, 0];

    private readonly Stream output;
    private readonly uint dosTime;
    private readonly int unixTime;
    private readonly bool fitsUnixTime;
    private readonly ArrayBufferWriter<byte> central = new();
    private readonly byte[] scratch = new byte[LocalHeaderBytes + TimestampExtraBytes + MaxNameBytes];

    /// <summary>Longest entry name, in UTF-8 bytes.</summary>
    public const int MaxNameBytes = 256;

    /// <summary>Starts an archive at the current position of <paramref name="output"/>, which stays open; entries carry <paramref name="timestamp"/>.</summary>
    public ZipWriter(Stream output, DateTimeOffset timestamp)
    {
        this.output = output;
        var utc = timestamp.UtcDateTime;
        var dos = utc.Year < 1980 ? new DateTime(1980, 1, 1) : utc.Year > 2107 ? new DateTime(2107, 12, 31) : utc;
        dosTime = (uint)((dos.Year - 1980) << 25 | dos.Month << 21 | dos.Day << 16 | dos.Hour << 11 | dos.Minute << 5 | dos.Second >> 1);
        var seconds = timestamp.ToUnixTimeSeconds();
        fitsUnixTime = seconds is >= 0 and <= int.MaxValue;
        unixTime = fitsUnixTime ? (int)seconds : 0;
    }

    /// <summary>Bytes written so far.</summary>
    public long Position { get; private set; }

    /// <summary>Entries written so far.</summary>
    public int Entries { get; private set; }

    /// <summary>Writes an entry as it is. <paramref name="crc"/> is the CRC-32 of <paramref name="data"/>.</summary>
    /// <returns>Offset of the entry's data from the start of the archive.</returns>
    public async ValueTask<long> AddStoredAsync(string name, ReadOnlyMemory<byte> data, uint crc, CancellationToken cancellation)
    {
        var entry = new Entry(name, Position, Utf8Names, Stored) { Crc = crc, Size = (uint)data.Length, CompressedSize = (uint)data.Length };
        await WriteLocalHeaderAsync(entry, cancellation);
        var offset = Position;
        await WriteAsync(data, cancellation);
        Remember(entry);
        return offset;
    }

    /// <summary>Writes an entry deflated, as <paramref name="write"/> produces it.</summary>
    /// <exception cref="InvalidOperationException">The text has 4 GiB or more.</exception>
    public async ValueTask AddDeflatedAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        var entry = new Entry(name, Position, Utf8Names | DescriptorFollows, Deflated);
        await WriteLocalHeaderAsync(entry, cancellation);
        await using var compressed = new MeasuringStream(output, withChecksum: false);
        await using var deflate = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true);
        await using var plain = new MeasuringStream(deflate, withChecksum: true);
        await write(plain, cancellation);
        await deflate.DisposeAsync();
        if (compressed.Count == 0) await compressed.WriteAsync(EmptyDeflated, cancellation); // DeflateStream writes nothing for nothing
        Position += compressed.Count;
        if (Math.Max(plain.Count, compressed.Count) >= uint.MaxValue) throw new InvalidOperationException("A deflated entry is smaller than 4 GiB.");
        entry = entry with { Crc = plain.Checksum, Size = (uint)plain.Count, CompressedSize = (uint)compressed.Count };

        BinaryPrimitives.WriteUInt32LittleEndian(scratch, 0x08074B50);
        BinaryPrimitives.WriteUInt32LittleEndian(scratch.AsSpan(4), entry.Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(scratch.AsSpan(8), entry.CompressedSize);
        BinaryPrimitives.WriteUInt32LittleEndian(scratch.AsSpan(12), entry.Size);
        await WriteAsync(scratch.AsMemory(0, 16), cancellation);
        Remember(entry);
    }

    /// <summary>Writes the central directory: the archive is complete. Nothing may be added afterwards.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        var start = Position;
        await WriteAsync(central.WrittenMemory, cancellation);
        var size = Position - start;
        var tail = new byte[56 + 20 + 22];
        var used = 0;
        if (Entries >= ushort.MaxValue || start >= uint.MaxValue || size >= uint.MaxValue) used = WriteZip64End(tail, start, size);

        var end = tail.AsSpan(used, 22);
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054B50);
        BinaryPrimitives.WriteUInt16LittleEndian(end[8..], (ushort)Math.Min(Entries, ushort.MaxValue));
        BinaryPrimitives.WriteUInt16LittleEndian(end[10..], (ushort)Math.Min(Entries, ushort.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(end[12..], (uint)Math.Min(size, uint.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(end[16..], (uint)Math.Min(start, uint.MaxValue));
        await WriteAsync(tail.AsMemory(0, used + end.Length), cancellation);
        await output.FlushAsync(cancellation);
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await output.WriteAsync(bytes, cancellation);
        Position += bytes.Length;
    }

    private int WriteZip64End(Span<byte> target, long start, long size)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, 0x06064B50);
        BinaryPrimitives.WriteInt64LittleEndian(target[4..], 56 - 12);
        BinaryPrimitives.WriteUInt16LittleEndian(target[12..], MadeByUnix | 45);
        BinaryPrimitives.WriteUInt16LittleEndian(target[14..], 45);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], Entries);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], Entries);
        BinaryPrimitives.WriteInt64LittleEndian(target[40..], size);
        BinaryPrimitives.WriteInt64LittleEndian(target[48..], start);
        var locator = target[56..];
        BinaryPrimitives.WriteUInt32LittleEndian(locator, 0x07064B50);
        BinaryPrimitives.WriteInt64LittleEndian(locator[8..], start + size);
        BinaryPrimitives.WriteInt32LittleEndian(locator[16..], 1);
        return 56 + 20;
    }

    private async ValueTask WriteLocalHeaderAsync(Entry entry, CancellationToken cancellation)
    {
        var length = FillLocalHeader(entry);
        await WriteAsync(scratch.AsMemory(0, length), cancellation);
    }

    private int FillLocalHeader(Entry entry)
    {
        var header = scratch.AsSpan();
        var nameBytes = Encoding.UTF8.GetBytes(entry.Name, header.Slice(LocalHeaderBytes, MaxNameBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x04034B50);
        WriteCommon(header[4..], entry);
        BinaryPrimitives.WriteUInt16LittleEndian(header[26..], (ushort)nameBytes);
        var extra = WriteTimestampExtra(header[(LocalHeaderBytes + nameBytes)..]);
        BinaryPrimitives.WriteUInt16LittleEndian(header[28..], (ushort)extra);
        return LocalHeaderBytes + nameBytes + extra;
    }

    /// <summary>Keeps the entry's line of the central directory, already encoded: about 80 bytes an image, and no object.</summary>
    private void Remember(Entry entry)
    {
        var zip64 = entry.Offset >= uint.MaxValue;
        var record = central.GetSpan(CentralHeaderBytes + MaxNameBytes + TimestampExtraBytes + Zip64OffsetExtraBytes);
        record[..CentralHeaderBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(record, 0x02014B50);
        BinaryPrimitives.WriteUInt16LittleEndian(record[4..], (ushort)(MadeByUnix | (zip64 ? 45 : 20)));
        WriteCommon(record[6..], entry);
        if (zip64) BinaryPrimitives.WriteUInt16LittleEndian(record[6..], 45);
        var nameBytes = Encoding.UTF8.GetBytes(entry.Name, record[CentralHeaderBytes..]);
        BinaryPrimitives.WriteUInt16LittleEndian(record[28..], (ushort)nameBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record[38..], RegularFileReadableByAll);
        BinaryPrimitives.WriteUInt32LittleEndian(record[42..], zip64 ? uint.MaxValue : (uint)entry.Offset);
        var extra = record[(CentralHeaderBytes + nameBytes)..];
        var extraBytes = WriteTimestampExtra(extra);
        if (zip64) extraBytes += WriteZip64Offset(extra[extraBytes..], entry.Offset);
        BinaryPrimitives.WriteUInt16LittleEndian(record[30..], (ushort)extraBytes);
        central.Advance(CentralHeaderBytes + nameBytes + extraBytes);
        Entries++;
    }

    /// <summary>The fields from "version needed" to "uncompressed size", which local and central headers share.</summary>
    private void WriteCommon(Span<byte> target, Entry entry)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(target, 20);
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], entry.Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(target[4..], entry.Method);
        BinaryPrimitives.WriteUInt32LittleEndian(target[6..], dosTime);
        BinaryPrimitives.WriteUInt32LittleEndian(target[10..], entry.Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(target[14..], entry.CompressedSize);
        BinaryPrimitives.WriteUInt32LittleEndian(target[18..], entry.Size);
    }

    /// <summary>The moment in UTC (extra field 0x5455): the header's own has no zone, and would show hours off in most of the world.</summary>
    private int WriteTimestampExtra(Span<byte> target)
    {
        if (!fitsUnixTime) return 0;
        BinaryPrimitives.WriteUInt16LittleEndian(target, 0x5455);
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], TimestampExtraBytes - 4);
        target[4] = 1; // the time of the last change, and no other
        BinaryPrimitives.WriteInt32LittleEndian(target[5..], unixTime);
        return TimestampExtraBytes;
    }

    private static int WriteZip64Offset(Span<byte> target, long offset)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(target, 0x0001);
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], Zip64OffsetExtraBytes - 4);
        BinaryPrimitives.WriteInt64LittleEndian(target[4..], offset);
        return Zip64OffsetExtraBytes;
    }

    private readonly record struct Entry(string Name, long Offset, ushort Flags, ushort Method)
    {
        public uint Crc { get; init; }

        public uint CompressedSize { get; init; }

        public uint Size { get; init; }
    }
}
