using System.Buffers.Binary;
using System.IO.Compression;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>
/// Reads plain PNG files (RFC 2083): eight bits, RGB, not interlaced. Saves a thousand starts of ffmpeg; that ffmpeg reads what we write is the business of other tests.
/// </summary>
internal static class PlainPng
{
    private const int SignatureBytes = 8;
    private const int Channels = 3;

    /// <summary>The raw RGB of all, one after the other; null when one of them is of another kind.</summary>
    public static byte[]? TryReadAll(IEnumerable<byte[]> files)
    {
        using var all = new MemoryStream();
        foreach (var file in files)
        {
            if (!TryRead(file, all)) return null;
        }
        return all.ToArray();
    }

    private static bool TryRead(ReadOnlySpan<byte> file, MemoryStream output)
    {
        using var packed = new MemoryStream();
        var (width, height) = (0, 0);
        for (var rest = file[SignatureBytes..]; rest.Length > 0;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            var name = rest.Slice(4, 4);
            var data = rest.Slice(8, length);
            if (name.SequenceEqual("IHDR"u8))
            {
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(data), BinaryPrimitives.ReadInt32BigEndian(data[4..]));
                if (!data[8..].SequenceEqual((ReadOnlySpan<byte>)[8, 2, 0, 0, 0])) return false;
            }
            else if (name.SequenceEqual("IDAT"u8)) packed.Write(data);
            rest = rest[(length + 12)..];
        }
        packed.Position = 0;
        using var rows = new ZLibStream(packed, CompressionMode.Decompress);
        Unfilter(rows, width * Channels, height, output);
        return true;
    }

    private static void Unfilter(ZLibStream rows, int rowBytes, int height, MemoryStream output)
    {
        // Neighbours to the left of the first pixel are zero.
        var (above, row) = (new byte[rowBytes + Channels], new byte[rowBytes + Channels]);
        for (var y = 0; y < height; y++)
        {
            var filter = rows.ReadByte();
            rows.ReadExactly(row.AsSpan(Channels));
            for (var i = Channels; i < row.Length; i++) row[i] += Predict(filter, row[i - Channels], above[i], above[i - Channels]);
            output.Write(row.AsSpan(Channels));
            (above, row) = (row, above);
        }
    }

    private static byte Predict(int filter, byte left, byte above, byte corner) => filter switch
    {
        0 => 0,
        1 => left,
        2 => above,
        3 => (byte)((left + above) / 2),
        4 => Paeth(left, above, corner),
        _ => throw new InvalidDataException($"There is no filter {filter}."),
    };

    private static byte Paeth(int left, int above, int corner)
    {
        var guess = left + above - corner;
        var (byLeft, byAbove, byCorner) = (Math.Abs(guess - left), Math.Abs(guess - above), Math.Abs(guess - corner));
        if (byLeft <= byAbove && byLeft <= byCorner) return (byte)left;
        return (byte)(byAbove <= byCorner ? above : corner);
    }
}
