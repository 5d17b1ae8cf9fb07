using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fotograma.Media.Jpeg;

/// <summary>
/// The quantised blocks of some units (MCUs) that follow each other in a row, in the order of the file: few enough that they stay in the
/// nearest caches between their making and their writing.
/// </summary>
internal sealed class BlockStrip(Quantiser quantiser)
{
    /// <summary>Units in a strip: long enough that the machine sees which samples are read next.</summary>
    public const int UnitsMax = 32;

    /// <summary>Blocks in a unit: four of luma, two of chroma.</summary>
    public const int UnitBlocksMax = 6;

    private const int Side = 8;

    private readonly short[] coefficients = new short[UnitsMax * UnitBlocksMax * Quantiser.Coefficients];
    private readonly ulong[] places = new ulong[UnitsMax * UnitBlocksMax];
    private readonly ulong[] masks = ZigZag.MakeMasks();
    private readonly byte[] padded = new byte[Side * Side];

    /// <summary>The coefficients of a block in the transform's order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref short Coefficients(int block) => ref coefficients[block * Quantiser.Coefficients];

    /// <summary>Which of a block's coefficients other than the mean are not zero, in the file's order.</summary>
    public ulong Places(int block) => places[block];

    /// <summary>Transforms <paramref name="units"/> units of the row of units <paramref name="row"/>, from unit <paramref name="first"/> on.</summary>
    public void Transform(in YuvPicture picture, int row, int first, int units)
    {
        var (across, down) = (1 << picture.ChromaWidthShift, 1 << picture.ChromaHeightShift);
        var unitBlocks = across * down + YuvPicture.Components - 1;
        for (var y = 0; y < down; y++)
        {
            for (var x = 0; x < across; x++) Transform(picture, 0, new Place((first * across) + x, across, (row * down) + y, units, (y * across) + x, unitBlocks));
        }

        for (var component = 1; component < YuvPicture.Components; component++)
            Transform(picture, component, new Place(first, 1, row, units, unitBlocks - YuvPicture.Components + component, unitBlocks));
    }

    /// <summary>Transforms one block of each unit.</summary>
    private void Transform(in YuvPicture picture, int component, Place place)
    {
        var plane = picture[component];
        var (columns, rows) = (picture.ColumnsOf(component), picture.RowsOf(component));
        var top = place.Row * Side;
        var wholeColumns = (top + Side <= rows ? columns : 0) - Side;
        ref var row = ref Unsafe.Add(ref MemoryMarshal.GetReference(plane.Samples), (nint)Math.Min(top, rows - 1) * plane.Stride);
        var slot = place.Slot;
        for (var unit = 0; unit < place.Units; unit++, slot += place.SlotStep)
        {
            var left = (place.Column + unit * place.ColumnStep) * Side;
            if (left <= wholeColumns) Store(slot, ref Unsafe.Add(ref row, left), plane.Stride);
            else if (top < rows && left < columns) StorePadded(slot, plane, left, top, columns, rows);
            else Repeat(slot);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(int slot, ref byte samples, int stride)
    {
        const ulong AllButMean = ~1UL;
        var notZero = BlockTransform.Forward(ref samples, stride, ref quantiser.Reciprocals, ref Coefficients(slot)) & AllButMean;
        places[slot] = notZero == 0 ? 0 : ZigZag.Permute(notZero, ref MemoryMarshal.GetArrayDataReference(masks));
    }

    /// <summary>A block that the picture's edge cuts: the last column and row are repeated.</summary>
    private void StorePadded(int slot, Plane plane, int left, int top, int columns, int rows)
    {
        for (var y = 0; y < Side; y++)
        {
            var line = plane.Samples.Slice(Math.Min(top + y, rows - 1) * plane.Stride, columns);
            for (var x = 0; x < Side; x++) padded[y * Side + x] = line[Math.Min(left + x, columns - 1)];
        }

        Store(slot, ref padded[0], Side);
    }

    /// <summary>A block that is not seen at all, and so is what costs least: the mean before, and nothing else. It never is a unit's first.</summary>
    private void Repeat(int slot)
    {
        places[slot] = 0;
        Coefficients(slot) = Coefficients(slot - 1);
    }

    /// <summary>Which blocks of a plane to transform, and where their results go.</summary>
    private readonly record struct Place(int Column, int ColumnStep, int Row, int Units, int Slot, int SlotStep);
}
