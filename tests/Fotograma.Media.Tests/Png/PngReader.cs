using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Fotograma.Media.Tests.Png;

/// <summary>A slow and strict reader of the PNG that the encoder may write; the runtime's zlib checks the codes and the Adler-32.</summary>
internal static class PngReader
{
    /// <summary>The pixels, without padding; throws if anything is not as the standard wants it.</summary>
    public static byte[] Read(byte[] png, int width, int height, int pixelBytes)
    {
        png.AsSpan(0, 8).SequenceEqual((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]).ShouldBeTrue();
        var position = 8;
        var header = Chunk(png, "IHDR", ref position);
        BinaryPrimitives.ReadInt32BigEndian(header).ShouldBe(width);
        BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)).ShouldBe(height);
        header[8..].ShouldBe([8, (byte)(pixelBytes == 3 ? 2 : 6), 0, 0, 0]);
        var data = Chunk(png, "IDAT", ref position);
        Chunk(png, "IEND", ref position).ShouldBeEmpty();
        position.ShouldBe(png.Length);
        return Unfilter(Inflate(data), width * pixelBytes, height, pixelBytes);
    }

    public static byte[] Inflate(byte[] zlib)
    {
        using var source = new MemoryStream(zlib);
        using var inflate = new ZLibStream(source, CompressionMode.Decompress);
        using var target = new MemoryStream();
        inflate.CopyTo(target);
        source.Position.ShouldBe(source.Length);
        return target.ToArray();
    }

    private static byte[] Chunk(byte[] png, string type, ref int position)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(position));
        var covered = png.AsSpan(position + 4, length + 4);
        System.Text.Encoding.ASCII.GetString(covered[..4]).ShouldBe(type);
        BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(position + 8 + length)).ShouldBe(Crc32.HashToUInt32(covered));
        position += length + 12;
        return covered[4..].ToArray();
    }

    private static byte[] Unfilter(byte[] filtered, int rowBytes, int height, int pixelBytes)
    {
        filtered.Length.ShouldBe((rowBytes + 1) * height);
        var pixels = new byte[rowBytes * height];
        for (var y = 0; y < height; y++)
        {
            var filter = filtered[y * (rowBytes + 1)];
            for (var x = 0; x < rowBytes; x++)
            {
                int left = x >= pixelBytes ? pixels[y * rowBytes + x - pixelBytes] : 0;
                int above = y > 0 ? pixels[(y - 1) * rowBytes + x] : 0;
                int aboveLeft = y > 0 && x >= pixelBytes ? pixels[(y - 1) * rowBytes + x - pixelBytes] : 0;
                var expected = filter switch
                {
                    0 => 0,
                    1 => left,
                    2 => above,
                    4 => Paeth(left, above, aboveLeft),
                    _ => throw new InvalidDataException($"filter {filter}"),
                };
                pixels[y * rowBytes + x] = (byte)(filtered[y * (rowBytes + 1) + 1 + x] + expected);
            }
        }

        return pixels;
    }

    private static int Paeth(int left, int above, int aboveLeft)
    {
        var estimate = left + above - aboveLeft;
        var (toLeft, toAbove, toAboveLeft) = (Math.Abs(estimate - left), Math.Abs(estimate - above), Math.Abs(estimate - aboveLeft));
        return toLeft <= toAbove && toLeft <= toAboveLeft ? left : toAbove <= toAboveLeft ? above : aboveLeft;
    }
}
