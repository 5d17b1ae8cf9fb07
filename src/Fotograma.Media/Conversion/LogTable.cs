using System.Runtime.CompilerServices;

namespace Fotograma.Media.Conversion;

/// <summary>
/// A function of a positive number as a table with steps of a constant ratio: the upper bits of a float, exponent and 8 bits of mantissa, are its index,
/// so that no logarithm is needed. <see cref="At"/> takes the middle of a step, <see cref="Between"/> goes from step to step in straight lines.
/// </summary>
internal sealed class LogTable
{
    private const int MantissaBits = 23;
    private const int KeptBits = 8;
    private const int Shift = MantissaBits - KeptBits;
    private const float Fraction = 1f / (1 << Shift);

    private readonly byte[] middles;
    private readonly float[] edges;
    private readonly int first;

    private LogTable(int exponentMin, int exponentMax, Func<double, double> function, bool rounded)
    {
        first = Index((float)Math.Pow(2, exponentMin));
        var steps = (exponentMax - exponentMin) << KeptBits;
        middles = rounded ? new byte[steps] : [];
        edges = rounded ? [] : new float[steps + 1];
        for (var i = 0; i < middles.Length; i++) middles[i] = (byte)Math.Round(function((Edge(i) + Edge(i + 1)) / 2));
        for (var i = 0; i < edges.Length; i++) edges[i] = (float)function(Edge(i));
    }

    /// <summary>Tabulates codes from 0 to 255 from 2^<paramref name="exponentMin"/> to before 2^<paramref name="exponentMax"/>.</summary>
    public static LogTable OfCodes(int exponentMin, int exponentMax, Func<double, double> function) => new(exponentMin, exponentMax, function, rounded: true);

    /// <summary>Tabulates numbers likewise.</summary>
    public static LogTable OfNumbers(int exponentMin, int exponentMax, Func<double, double> function) => new(exponentMin, exponentMax, function, rounded: false);

    /// <summary>The code nearest to the function's; beyond the table, that of its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte At(float argument) => middles[Math.Clamp(Index(argument) - first, 0, middles.Length - 1)];

    /// <summary>The function's value; beyond the table, that of its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Between(float argument)
    {
        var index = Index(argument) - first;
        if ((uint)index >= (uint)(edges.Length - 1)) return index < 0 ? edges[0] : edges[^1];
        var (low, high) = (edges[index], edges[index + 1]);
        return low + (high - low) * ((BitConverter.SingleToInt32Bits(argument) & ((1 << Shift) - 1)) * Fraction);
    }

    private static int Index(float value) => BitConverter.SingleToInt32Bits(value) >> Shift;

    private double Edge(int step) => BitConverter.Int32BitsToSingle((first + step) << Shift);
}
