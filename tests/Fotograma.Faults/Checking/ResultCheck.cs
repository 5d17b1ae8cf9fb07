using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Fotograma.Faults.Load;

namespace Fotograma.Faults.Checking;

/// <summary>
/// Reads a whole result with a reader of its own: every image of the archive by its CRC and by the digest in the manifest, the manifests beside the archive, the table of
/// places, the thumbnails and what was made beside the images, and holds each against the others.
/// </summary>
internal static class ResultCheck
{
    private const int HeadBytes = 128;
    private const int RecordBytes = 120;

    private static ReadOnlySpan<byte> JpegBegin => [0xff, 0xd8];

    private static ReadOnlySpan<byte> JpegEnd => [0xff, 0xd9];

    private sealed record Image(int Index, string File, long Bytes, string Sha256);

    /// <param name="job">Whose result.</param>
    /// <param name="extras">What was asked for beside the images; null where nobody knows, because the upload was not answered.</param>
    /// <param name="blobs">Where it lies.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What is wrong, in sentences; none when all is well.</returns>
    public static async Task<IReadOnlyList<string>> ProblemsAsync(JobTruth job, IReadOnlyCollection<string>? extras, StoredBlobs blobs, CancellationToken cancellation)
    {
        if (job.ResultPrefix is not { } prefix) return ["the job names none."];
        try
        {
            await using var file = await blobs.OpenAsync($"{prefix}frames.zip", cancellation) ?? throw new InvalidDataException("frames.zip is missing.");
            if (file.Length != job.ArchiveBytes) throw new InvalidDataException($"frames.zip has {file.Length} bytes; the job says {job.ArchiveBytes}.");
            var manifest = await ReadAsync(blobs, $"{prefix}manifest.json", cancellation);
            var images = Images(manifest);
            if (images.Count != job.Frames || images.Count is not (Clips.ShortFrames or Clips.LongFrames))
                throw new InvalidDataException($"the manifest lists {images.Count} images; the job says {job.Frames}.");
            await CheckArchiveAsync(file, images, manifest, cancellation);
            CheckLines(await ReadAsync(blobs, $"{prefix}manifest.ndjson", cancellation), images);
            CheckTable(await ReadAsync(blobs, $"{prefix}manifest.csv", cancellation), images);
            await CheckPlacesAsync(file, await ReadAsync(blobs, $"{prefix}frames.idx", cancellation), await ReadAsync(blobs, $"{prefix}thumbnails.bin", cancellation), images, cancellation);
            await ExtrasCheck.CheckAsync(file, manifest, await FindAsync(blobs, $"{prefix}extras.json", cancellation), extras, cancellation);
            return [];
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException or EndOfStreamException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return [exception is InvalidDataException ? exception.Message : $"it cannot be read: {exception.Message}"];
        }
    }

    private static async Task<byte[]> ReadAsync(StoredBlobs blobs, string key, CancellationToken cancellation) =>
        await FindAsync(blobs, key, cancellation) ?? throw new InvalidDataException($"{key[(key.LastIndexOf('/') + 1)..]} is missing.");

    private static async Task<byte[]?> FindAsync(StoredBlobs blobs, string key, CancellationToken cancellation)
    {
        await using var blob = await blobs.OpenAsync(key, cancellation);
        if (blob is null) return null;
        var bytes = new MemoryStream();
        await blob.CopyToAsync(bytes, cancellation);
        return bytes.ToArray();
    }

    private static List<Image> Images(byte[] manifest)
    {
        using var json = JsonDocument.Parse(manifest);
        return [.. json.RootElement.GetProperty("frames").EnumerateArray().Select(ImageOf)];
    }

    private static Image ImageOf(JsonElement frame) => new(
        frame.GetProperty("index").GetInt32(), frame.GetProperty("file").GetString()!, frame.GetProperty("bytes").GetInt64(), frame.GetProperty("sha256").GetString()!);

    private static async Task CheckArchiveAsync(Stream file, List<Image> images, byte[] manifest, CancellationToken cancellation)
    {
        await using var archive = await ZipArchive.CreateAsync(file, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellation);
        var left = images.ToDictionary(image => image.File);
        foreach (var entry in archive.Entries)
        {
            var (crc, sha256, bytes) = await DigestAsync(entry, cancellation);
            if (crc != entry.Crc32 || bytes != entry.Length) throw new InvalidDataException($"{entry.FullName} is damaged: its checksum is {crc:x8}, not {entry.Crc32:x8}.");
            if (entry.FullName == "manifest.json" && sha256 != Convert.ToHexStringLower(SHA256.HashData(manifest))) throw new InvalidDataException("manifest.json is not the archive's.");
            if (!entry.FullName.StartsWith("frames/", StringComparison.Ordinal)) continue;
            if (!left.Remove(entry.FullName, out var image)) throw new InvalidDataException($"{entry.FullName} is not in the manifest, or twice in the archive.");
            if (sha256 != image.Sha256 || bytes != image.Bytes) throw new InvalidDataException($"{entry.FullName} is not the image that the manifest describes.");
        }
        if (left.Count > 0) throw new InvalidDataException($"{left.Count} images of the manifest are not in the archive.");
    }

    private static async Task<(uint Crc, string Sha256, long Bytes)> DigestAsync(ZipArchiveEntry entry, CancellationToken cancellation)
    {
        await using var content = await entry.OpenAsync(cancellation);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (crc, bytes, buffer) = (Crc32.Begin, 0L, new byte[1 << 16]);
        while (await content.ReadAsync(buffer, cancellation) is var read && read > 0)
        {
            crc = Crc32.Add(crc, buffer.AsSpan(0, read));
            sha256.AppendData(buffer.AsSpan(0, read));
            bytes += read;
        }
        return (Crc32.End(crc), Convert.ToHexStringLower(sha256.GetHashAndReset()), bytes);
    }

    private static void CheckLines(byte[] lines, List<Image> images)
    {
        using var reader = new StreamReader(new MemoryStream(lines));
        foreach (var image in images)
        {
            using var line = JsonDocument.Parse(reader.ReadLine() ?? throw new InvalidDataException("manifest.ndjson is cut off."));
            if (ImageOf(line.RootElement) != image) throw new InvalidDataException($"line {image.Index} of manifest.ndjson is not that of the manifest.");
        }
        if (reader.ReadLine() is not null) throw new InvalidDataException("manifest.ndjson lists more than the manifest.");
    }

    private static void CheckTable(byte[] table, List<Image> images)
    {
        var rows = System.Text.Encoding.UTF8.GetString(table).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (rows.Length != images.Count + 1) throw new InvalidDataException($"manifest.csv has {rows.Length} lines for {images.Count} images.");
        foreach (var (row, image) in rows.Skip(1).Zip(images))
        {
            if (!row.Contains(image.File, StringComparison.Ordinal) || !row.Contains(image.Sha256, StringComparison.Ordinal))
                throw new InvalidDataException($"line {image.Index} of manifest.csv is not that of the manifest.");
        }
    }

    private static async Task CheckPlacesAsync(Stream archive, byte[] places, byte[] thumbnails, List<Image> images, CancellationToken cancellation)
    {
        if (places.Length != HeadBytes + images.Count * RecordBytes || !places.AsSpan().StartsWith("FGFI"u8) || BinaryPrimitives.ReadInt32LittleEndian(places.AsSpan(8)) != images.Count)
            throw new InvalidDataException($"frames.idx is no table of {images.Count} images.");
        var thumbnailsEnd = 0L;
        for (var i = 0; i < images.Count; i++)
        {
            var record = places.AsMemory(HeadBytes + i * RecordBytes, RecordBytes);
            await CheckPlaceAsync(archive, record, images[i], cancellation);
            var (offset, length) = (BinaryPrimitives.ReadInt64LittleEndian(record.Span[56..]), BinaryPrimitives.ReadInt32LittleEndian(record.Span[68..]));
            if (offset < 0 || length < 4 || offset + length > thumbnails.Length) throw new InvalidDataException($"thumbnail {i + 1} is not in thumbnails.bin.");
            var jpeg = thumbnails.AsSpan((int)offset, length);
            if (!jpeg.StartsWith(JpegBegin) || !jpeg.EndsWith(JpegEnd)) throw new InvalidDataException($"thumbnail {i + 1} is no JPEG.");
            thumbnailsEnd = Math.Max(thumbnailsEnd, offset + length);
        }
        if (thumbnailsEnd != thumbnails.Length) throw new InvalidDataException("thumbnails.bin has more than frames.idx knows of.");
    }

    // An image is served by its place in the archive: that range must be the image.
    private static async Task CheckPlaceAsync(Stream archive, ReadOnlyMemory<byte> record, Image image, CancellationToken cancellation)
    {
        var (index, offset, length) = (
            BinaryPrimitives.ReadInt32LittleEndian(record.Span), BinaryPrimitives.ReadInt64LittleEndian(record.Span[48..]), BinaryPrimitives.ReadInt32LittleEndian(record.Span[64..]));
        if (index != image.Index || length != image.Bytes || Convert.ToHexStringLower(record.Span.Slice(72, 32)) != image.Sha256)
            throw new InvalidDataException($"record {image.Index} of frames.idx is not that of the manifest.");
        if (offset < 0 || offset + length > archive.Length) throw new InvalidDataException($"record {image.Index} of frames.idx points outside of the archive.");
        archive.Position = offset;
        var bytes = new byte[length];
        await archive.ReadExactlyAsync(bytes, cancellation);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != image.Sha256) throw new InvalidDataException($"record {image.Index} of frames.idx does not point to the image.");
    }
}

/// <summary>The checksum of ZIP archives (ISO 3309).</summary>
internal static class Crc32
{
    public const uint Begin = 0xffffffff;
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(value => Enumerable.Range(0, 8).Aggregate((uint)value, (crc, _) => (crc & 1) == 1 ? (crc >> 1) ^ 0xedb88320 : crc >> 1))];

    public static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes) crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        return crc;
    }

    public static uint End(uint crc) => ~crc;
}
