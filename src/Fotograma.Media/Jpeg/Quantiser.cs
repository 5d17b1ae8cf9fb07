using System.Numerics;
using System.Runtime.InteropServices;

namespace Fotograma.Media.Jpeg;

/// <summary>
/// The steps by which coefficients are divided: the default matrix for intra pictures of MPEG-1 video (ISO/IEC 11172-2) times a scale of
/// 1 to 31 eighths, as <c>ffmpeg -q:v</c> means it, and always 8 for the mean. Luma and chroma share it.
/// </summary>
internal sealed class Quantiser
{
    /// <summary>Coefficients of a block.</summary>
    public const int Coefficients = 64;

    /// <summary>The coarsest scale.</summary>
    public const int ScaleMax = 31;

    private const int MeanStep = 8;
    private const int MatrixUnit = 8;

    /// <summary>
    /// The part of a step by which all coefficients but the mean are moved towards zero before they are rounded, as libavcodec does: small
    /// ones are mostly noise, and cost more than they show.
    /// </summary>
    private const int TowardsZero = 8;

    private readonly short[] reciprocals = new short[4 * Coefficients];
    private readonly byte[] steps = new byte[Coefficients];

    /// <summary>Makes the steps of <paramref name="scale"/>, 1 (finest) to <see cref="ScaleMax"/>.</summary>
    public Quantiser(int scale)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, ScaleMax);
        for (var place = 0; place < Coefficients; place++)
        {
            var (column, row) = (ZigZag.Order[place] / 8, ZigZag.Order[place] % 8);
            Set(place, place == 0 ? MeanStep : Math.Min(Matrix[row * 8 + column] * scale / MatrixUnit, byte.MaxValue));
        }
    }

    /// <summary>The most bits of a quantised coefficient that is no mean.</summary>
    public int SizeMax => BlockCode.Size(BlockTransform.CoefficientMax / steps.AsSpan(1).ToArray().Min() + 1);

    /// <summary>The steps in the file's zigzag order.</summary>
    public ReadOnlySpan<byte> Steps => steps;

    /// <summary>
    /// For each coefficient in the transform's order a fraction of 2^15, after all of them a power of two, and after these what to move
    /// towards zero in between, positive and negative: multiplying by both with <see cref="Lanes.Multiply{TMachine}"/> divides by the step and rounds.
    /// </summary>
    public ref short Reciprocals => ref MemoryMarshal.GetArrayDataReference(reciprocals);

    private static ReadOnlySpan<byte> Matrix =>
    [
        8, 16, 19, 22, 26, 27, 29, 34,
        16, 16, 22, 24, 27, 29, 34, 37,
        19, 22, 26, 27, 29, 34, 34, 38,
        22, 22, 26, 27, 29, 34, 37, 40,
        22, 26, 27, 29, 32, 35, 40, 48,
        26, 27, 29, 32, 35, 40, 48, 58,
        26, 27, 29, 34, 38, 46, 56, 69,
        27, 29, 35, 38, 46, 56, 69, 83,
    ];

    private void Set(int place, int step)
    {
        steps[place] = (byte)step;
        var divisor = step * BlockTransform.Scale;
        var shift = BitOperations.Log2((uint)divisor);
        var index = ZigZag.Order[place];
        reciprocals[index] = (short)Math.Min(((1 << (15 + shift)) + divisor / 2) / divisor, short.MaxValue);
        reciprocals[Coefficients + index] = (short)(1 << (15 - shift));
        reciprocals[2 * Coefficients + index] = (short)(place == 0 ? 0 : (1 << shift) / TowardsZero);
        reciprocals[3 * Coefficients + index] = (short)-reciprocals[2 * Coefficients + index];
    }
}
