using System.Runtime.Intrinsics;

namespace Fotograma.Media.Conversion;

/// <summary>
/// Fills in one row that the first field in time does not have. Two estimates are made, as in M. Weston's three-field interpolation (BBC; US patent
/// 4,789,893, expired): the coarse vertical detail comes from the rows around in the same field, the fine detail, where something is to be seen of it,
/// from the fields before and after. As in yadif, the estimate must then stay near the mean of those fields' own samples of the row: nearer, the
/// less the picture moves there, so that what stands still keeps its full resolution.
/// </summary>
/// <typeparam name="T">A sample: <see cref="byte"/> or <see cref="ushort"/>.</typeparam>
internal readonly unsafe ref struct FieldFilter<T> where T : unmanaged
{
    // Weights for two samples each. Those of the same field add up to one, those of the other fields to nothing.
    private const float Near = 0.526f;
    private const float Far = -0.026f;
    private const float Fine = 0.170f;
    private const float FineNear = -0.116f;
    private const float FineFar = 0.031f;

    // Weights within one field alone.
    private const float AloneNear = 0.6198f;
    private const float AloneFar = -0.1198f;

    /// <summary>Samples worked on at once.</summary>
    public const int Step = 4;

    /// <summary>Rows of the field that stays, one and three above and below.</summary>
    public required T* Above { get; init; }
    public required T* Below { get; init; }
    public required T* FarAbove { get; init; }
    public required T* FarBelow { get; init; }

    /// <summary>The same rows next to the missing one in the frames before and after.</summary>
    public T* AboveBefore { get; init; }
    public T* BelowBefore { get; init; }
    public T* AboveAfter { get; init; }
    public T* BelowAfter { get; init; }

    /// <summary>The missing row in the fields just before and just after, and two and four rows above and below.</summary>
    public FieldRows<T> Earlier { get; init; }
    public FieldRows<T> Later { get; init; }

    /// <summary>Largest value of a sample.</summary>
    public required float Most { get; init; }

    /// <summary>Whether the field before is there; otherwise the row comes from its own field alone.</summary>
    public required bool HasNeighbours { get; init; }

    /// <summary>Writes the <see cref="Step"/> samples from <paramref name="x"/> on.</summary>
    public void Fill(T* target, int x)
    {
        var (above, below) = (Load(Above, x), Load(Below, x));
        var alone = (above + below) * AloneNear + (Load(FarAbove, x) + Load(FarBelow, x)) * AloneFar;
        var value = HasNeighbours ? Moving(x, above, below, alone) : alone;
        Store(target + x, Vector128.Min(Vector128.Max(value, Vector128<float>.Zero), Vector128.Create(Most)));
    }

    private Vector128<float> Moving(int x, Vector128<float> above, Vector128<float> below, Vector128<float> alone)
    {
        const float Half = 0.5f;
        Vector128<float> earlier = Load(Earlier.Row, x), later = Load(Later.Row, x);
        var mean = (earlier + later) * Half;
        var upper = Load(Earlier.Above, x) + Load(Later.Above, x);
        var lower = Load(Earlier.Below, x) + Load(Later.Below, x);

        // How much the place changes: between the other fields, and between this field and its own neighbours in time.
        var change = Vector128.Abs(earlier - later);
        var past = (Vector128.Abs(Load(AboveBefore, x) - above) + Vector128.Abs(Load(BelowBefore, x) - below)) * Half;
        var future = (Vector128.Abs(Load(AboveAfter, x) - above) + Vector128.Abs(Load(BelowAfter, x) - below)) * Half;
        var room = Vector128.Max(change * Half, Vector128.Max(past, future));

        // More room where the mean stands out from its rows in a way that the rows around do not share: combing, not detail.
        Vector128<float> fromAbove = mean - above, fromBelow = mean - below;
        Vector128<float> upperBend = upper * Half - above, lowerBend = lower * Half - below;
        var most = Vector128.Max(Vector128.Max(fromAbove, fromBelow), Vector128.Min(upperBend, lowerBend));
        var least = Vector128.Min(Vector128.Min(fromAbove, fromBelow), Vector128.Max(upperBend, lowerBend));
        var moving = Vector128.GreaterThan(room, Vector128<float>.Zero);
        room = Vector128.Max(room, Vector128.Max(least, -most)) & moving;

        var outer = Load(Earlier.FarAbove, x) + Load(Later.FarAbove, x) + Load(Earlier.FarBelow, x) + Load(Later.FarBelow, x);
        var three = (above + below) * Near + (Load(FarAbove, x) + Load(FarBelow, x)) * Far
            + (earlier + later) * Fine + (upper + lower) * FineNear + outer * FineFar;
        var hasDetail = Vector128.GreaterThan(Vector128.Abs(above - below), change);
        var estimate = Vector128.ConditionalSelect(hasDetail, three, alone);
        return Vector128.Min(Vector128.Max(estimate, mean - room), mean + room);
    }

    private static Vector128<float> Load(T* row, int x)
    {
        var words = typeof(T) == typeof(byte)
            ? Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)(row + x)).AsByte())
            : Vector128.CreateScalarUnsafe(*(ulong*)(row + x)).AsUInt16();
        return Vector128.ConvertToSingle(Vector128.WidenLower(words).AsInt32());
    }

    private static void Store(T* target, Vector128<float> value)
    {
        var numbers = Vector128.ConvertToInt32(value + Vector128.Create(0.5f)).AsUInt32();
        var words = Vector128.Narrow(numbers, numbers);
        if (typeof(T) == typeof(byte)) *(uint*)target = Vector128.Narrow(words, words).AsUInt32().ToScalar();
        else *(ulong*)target = words.AsUInt64().ToScalar();
    }
}

/// <summary>A row of a field, and the rows two and four above and below it, which belong to the same field.</summary>
internal readonly unsafe struct FieldRows<T> where T : unmanaged
{
    public required T* Row { get; init; }
    public required T* Above { get; init; }
    public required T* Below { get; init; }
    public required T* FarAbove { get; init; }
    public required T* FarBelow { get; init; }
}
