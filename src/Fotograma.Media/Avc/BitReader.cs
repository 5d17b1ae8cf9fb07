namespace Fotograma.Media.Avc;

/// <summary>
/// Reads the syntax elements of a NAL unit (ITU-T H.264, 7.2, 7.3.1 and 9.1) bit by bit and steps over the bytes that prevent false start codes.
/// Beyond the end everything is zero and <see cref="IsOver"/> says so.
/// </summary>
/// <param name="unit">What is read.</param>
/// <param name="hasPrevention">Whether there are such bytes; AV1, whose codes are otherwise written alike, has none.</param>
internal ref struct BitReader(ReadOnlySpan<byte> unit, bool hasPrevention = true)
{
    private const int LongestPrefix = 31;

    private readonly ReadOnlySpan<byte> unit = unit;
    private uint current;
    private int left;
    private int zeros;

    /// <summary>Bytes begun so far, those that prevent start codes included.</summary>
    public int Bytes { get; private set; }

    /// <summary>Bits of the last of them that are not read yet.</summary>
    public readonly int BitsLeft => left;

    /// <summary>Whether more was asked for than there is, or something that cannot be.</summary>
    public bool IsOver { get; private set; }

    /// <summary>One bit: u(1).</summary>
    public bool Flag() => Bits(1) != 0;

    /// <summary>A number of up to 32 bits: u(n).</summary>
    public uint Bits(int count)
    {
        var value = 0u;
        for (; count > 0; count--)
        {
            if (left == 0) NextByte();
            left--;
            value = value << 1 | (current >> left & 1);
        }

        return value;
    }

    /// <summary>An unsigned Exp-Golomb code: ue(v).</summary>
    public uint Unsigned()
    {
        var prefix = 0;
        while (Bits(1) == 0)
        {
            if (IsOver || ++prefix > LongestPrefix)
            {
                IsOver = true;
                return 0;
            }
        }

        return (1u << prefix) - 1 + Bits(prefix);
    }

    /// <summary>A signed Exp-Golomb code: se(v).</summary>
    public int Signed()
    {
        var code = Unsigned();
        return (code & 1) != 0 ? (int)(code / 2) + 1 : -(int)(code / 2);
    }

    /// <summary>An unsigned code that may be <paramref name="max"/> at most; more is as bad as the end.</summary>
    public int Unsigned(int max)
    {
        var value = Unsigned();
        if (value <= max) return (int)value;
        IsOver = true;
        return 0;
    }

    private void NextByte()
    {
        if (hasPrevention && zeros >= 2 && Bytes < unit.Length && unit[Bytes] == 3)
        {
            Bytes++;
            zeros = 0;
        }

        left = 8;
        if (Bytes >= unit.Length)
        {
            IsOver = true;
            current = 0;
            return;
        }

        current = unit[Bytes++];
        zeros = current == 0 ? zeros + 1 : 0;
    }
}
