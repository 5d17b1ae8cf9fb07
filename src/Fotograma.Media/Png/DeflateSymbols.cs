using System.Numerics;

namespace Fotograma.Media.Png;

/// <summary>The symbols of deflate (RFC 1951, section 3.2.5): lengths and distances are a symbol and a number of further bits.</summary>
internal static class DeflateSymbols
{
    /// <summary>How many symbols there are: literals, the end and lengths; distances; and lengths of codes in a block's head.</summary>
    public const int Literals = 286, Distances = 30, CodeLengths = 19;

    /// <summary>The symbol that ends a block, and the first of the lengths.</summary>
    public const int EndOfBlock = 256, FirstLength = 257;

    /// <summary>How many bits follow a length's symbol.</summary>
    public static int LengthExtraBits(int symbol) => symbol is < 8 or 28 ? 0 : (symbol >> 2) - 1;

    /// <summary>How many bits follow a distance's symbol.</summary>
    public static int DistanceExtraBits(int symbol) => symbol < 4 ? 0 : (symbol >> 1) - 1;

    /// <summary>The smallest length with this symbol.</summary>
    public static int LengthBase(int symbol) => symbol switch
    {
        < 8 => 3 + symbol,
        28 => 258,
        _ => 3 + ((4 + (symbol & 3)) << ((symbol >> 2) - 1)),
    };

    /// <summary>The smallest distance with this symbol.</summary>
    public static int DistanceBase(int symbol) => symbol < 4 ? 1 + symbol : 1 + ((2 + (symbol & 1)) << ((symbol >> 1) - 1));

    /// <summary>The symbol of a length of 3 to 258 bytes, counted from <see cref="FirstLength"/>.</summary>
    public static int OfLength(int length)
    {
        var rest = length - 3;
        if (length == 258) return 28;
        if (rest < 8) return rest;
        var top = BitOperations.Log2((uint)rest);
        return ((top - 1) << 2) + ((rest >> (top - 2)) & 3);
    }

    /// <summary>The symbol of a distance of 1 to 32768 bytes.</summary>
    public static int OfDistance(int distance)
    {
        if (distance <= 4) return distance - 1;
        var top = BitOperations.Log2((uint)(distance - 1));
        return (top << 1) + (((distance - 1) >> (top - 1)) & 1);
    }
}
