using System.Buffers;

namespace Fotograma.Media.Jpeg;

/// <summary>
/// Encodes pictures as baseline JPEG (ITU-T T.81) with codes made for each picture. The quality 1 to 100 is mapped linearly to the
/// quantiser's scale: 100 is 1 (finest), 1 is 31 (coarsest), 90 is 4; files are comparable with those of <c>ffmpeg -q:v</c>. The same
/// picture makes the same bytes on every machine. One instance serves one thread and reuses its buffers from picture to picture.
/// </summary>
internal sealed class JpegEncoder
{
    private const int QualityMax = 100;
    private const int QualitySteps = QualityMax - 1;

    /// <summary>Units of a group whose symbols are counted together.</summary>
    private const int GroupUnits = 8;

    /// <summary>
    /// Pictures of no more blocks are counted as a whole before anything is written: codes for symbols that may not occur would be a part of
    /// the file that is felt.
    /// </summary>
    private const int WholeBlocksMax = 12_000;

    /// <summary>Groups that are counted of larger pictures, where they stand for the others.</summary>
    private const int GroupsMin = 128;

    /// <summary>At least one of so many groups is counted.</summary>
    private const int GroupsStepMax = 8;

    /// <summary>Moves the counted groups along from row to row, so that they do not stand below each other.</summary>
    private const int GroupsShift = 5;

    private readonly Quantiser quantiser;
    private readonly BlockStrip strip;
    private readonly EntropyWriter writer = new();
    private readonly ArrayBufferWriter<byte> output = new();
    private readonly SymbolCounts[] counts = [new(), new()];
    private readonly BlockCode[] codes = [new(), new()];
    private readonly int[] means = new int[YuvPicture.Components];

    /// <summary>Makes an encoder for a <paramref name="quality"/> of 1 to 100.</summary>
    public JpegEncoder(int quality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, QualityMax);
        quantiser = new Quantiser(1 + ((QualityMax - quality) * (Quantiser.ScaleMax - 1) + QualitySteps / 2) / QualitySteps);
        strip = new BlockStrip(quantiser);
    }

    /// <summary>Encodes a picture. The result is valid until the next call.</summary>
    /// <exception cref="ArgumentException">The planes do not hold what the dimensions say, or these exceed 65,535.</exception>
    public ReadOnlyMemory<byte> Encode(in YuvPicture picture)
    {
        picture.Check();
        var grid = new Grid(picture);
        Count(picture, grid);
        output.ResetWrittenCount();
        JpegSegments.WriteHead(output, picture, quantiser, codes[0], codes[1]);
        writer.Start(grid.Units * grid.UnitBlocks);
        Array.Clear(means);
        for (var row = 0; row < grid.Rows; row++)
        {
            for (var first = 0; first < grid.Units; first += BlockStrip.UnitsMax)
                Write(grid, Transform(picture, grid, row, first, BlockStrip.UnitsMax));
            writer.Drain(output);
        }

        writer.Finish(output);
        JpegSegments.WriteEnd(output);
        return output.WrittenMemory;
    }

    /// <summary>Counts the symbols of groups that are spread over the picture, all of a small one, and makes the codes.</summary>
    private void Count(in YuvPicture picture, in Grid grid)
    {
        foreach (var count in counts) count.Clear();
        Array.Clear(means);
        var groups = (grid.Units + GroupUnits - 1) / GroupUnits;
        var whole = grid.Rows * grid.Units * grid.UnitBlocks <= WholeBlocksMax;
        var step = whole ? 1 : Math.Clamp(grid.Rows * groups / GroupsMin, 1, GroupsStepMax);
        for (var row = 0; row < grid.Rows; row++)
        {
            for (var group = row * GroupsShift % step; group < groups; group += step)
                Count(grid, Transform(picture, grid, row, group * GroupUnits, GroupUnits), followsCounted: step == 1);
        }

        for (var kind = 0; kind < counts.Length; kind++)
        {
            if (step > 1) counts[kind].AllowAll(quantiser.SizeMax);
            codes[kind].Build(counts[kind]);
        }
    }

    /// <summary>Transforms up to <paramref name="units"/> units from <paramref name="first"/> on and returns how many blocks that made.</summary>
    private int Transform(in YuvPicture picture, in Grid grid, int row, int first, int units)
    {
        units = Math.Min(grid.Units - first, units);
        strip.Transform(picture, row, first, units);
        return units * grid.UnitBlocks;
    }

    private void Count(in Grid grid, int blocks, bool followsCounted)
    {
        for (int block = 0, inUnit = 0; block < blocks; block++)
        {
            var component = Math.Max(0, inUnit - grid.UnitBlocks + YuvPicture.Components);
            var count = counts[component == 0 ? 0 : 1];
            ref var coefficients = ref strip.Coefficients(block);
            if (followsCounted || block >= grid.UnitBlocks) count.AddMean(coefficients - means[component]);
            means[component] = coefficients;
            count.Add(ref coefficients, strip.Places(block));
            inUnit = inUnit + 1 == grid.UnitBlocks ? 0 : inUnit + 1;
        }
    }

    private void Write(in Grid grid, int blocks)
    {
        for (int block = 0, inUnit = 0; block < blocks; block++)
        {
            var component = Math.Max(0, inUnit - grid.UnitBlocks + YuvPicture.Components);
            ref var coefficients = ref strip.Coefficients(block);
            writer.Write(ref coefficients, strip.Places(block), coefficients - means[component], codes[component == 0 ? 0 : 1]);
            means[component] = coefficients;
            inUnit = inUnit + 1 == grid.UnitBlocks ? 0 : inUnit + 1;
        }
    }

    /// <summary>How a picture is divided into rows of units.</summary>
    private readonly struct Grid(in YuvPicture picture)
    {
        public int UnitBlocks { get; } = (1 << picture.ChromaWidthShift + picture.ChromaHeightShift) + YuvPicture.Components - 1;
        public int Units { get; } = (picture.Width - 1 >> picture.ChromaWidthShift + 3) + 1;
        public int Rows { get; } = (picture.Height - 1 >> picture.ChromaHeightShift + 3) + 1;
    }
}
