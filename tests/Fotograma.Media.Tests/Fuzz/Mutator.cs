using System.Buffers.Binary;

namespace Fotograma.Media.Tests.Fuzz;

/// <summary>Spoils inputs the way files and pipes are spoilt, and the way attackers spoil them; the same for the same seed.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus, int seed)
{
    private const int LengthMax = 1 << 16;

    private static readonly long[] Interesting =
    [
        0, 1, -1, 2, 5, 16, 61, 65, 100, 127, 128, 255, 256, short.MaxValue, short.MinValue, ushort.MaxValue, int.MaxValue, int.MinValue, uint.MaxValue,
        long.MaxValue, long.MinValue, 1L << 40, 0x7FF0000000000000, 0x7F800000, unchecked((long)0xFFF8000000000000),
    ];

    private readonly Random random = new(seed);

    /// <summary>One input of the corpus with one to six changes.</summary>
    public byte[] Next()
    {
        var bytes = corpus[random.Next(corpus.Count)];
        for (var changes = random.Next(1, 7); changes > 0; changes--) bytes = Change(bytes);
        return bytes;
    }

    private byte[] Change(byte[] source)
    {
        if (source.Length == 0) return [(byte)random.Next(256)];
        var bytes = source.ToArray();
        var at = random.Next(bytes.Length);
        switch (random.Next(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                return Write(bytes, at, Interesting[random.Next(Interesting.Length)]);
            case 3:
                return bytes[..at];
            case 4:
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 64))..]];
            case 5:
                var piece = bytes[at..Math.Min(bytes.Length, at + random.Next(1, 256))];
                return bytes.Length > LengthMax ? bytes : [.. bytes[..at], .. piece, .. bytes[at..]];
            case 6:
                var other = corpus[random.Next(corpus.Count)];
                return other.Length == 0 || bytes.Length > LengthMax ? bytes : [.. bytes[..at], .. other[random.Next(other.Length)..]];
            case 7:
                var noise = new byte[random.Next(1, 64)];
                random.NextBytes(noise);
                return bytes.Length > LengthMax ? bytes : [.. bytes[..at], .. noise, .. bytes[at..]];
            default:
                bytes.AsSpan(at, Math.Min(bytes.Length - at, random.Next(1, 32))).Fill((byte)"\0\u00ff0{\"-,"[random.Next(7)]);
                return bytes;
        }
    }

    private byte[] Write(byte[] bytes, int at, long value)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        var width = 1 << random.Next(4);
        if (random.Next(2) == 0) BinaryPrimitives.WriteInt64LittleEndian(number, value);
        else BinaryPrimitives.WriteInt64BigEndian(number, value << (64 - width * 8));
        number[..Math.Min(width, bytes.Length - at)].CopyTo(bytes.AsSpan(at));
        return bytes;
    }
}
