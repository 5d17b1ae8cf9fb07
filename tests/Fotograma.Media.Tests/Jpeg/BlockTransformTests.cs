using Fotograma.Media.Jpeg;

namespace Fotograma.Media.Tests.Jpeg;

public sealed class BlockTransformTests
{
    private const int Side = 8;

    public static TheoryData<int> Scales => [1, 2, 4, 9, 16, 31];

    [Theory, MemberData(nameof(Scales))]
    public void Coefficients_are_those_of_the_exact_transform(int scale)
    {
        // Three eighths of a step and one of the scaled integers' units, of which there are 32 to a coefficient.
        const double MeanError = 0.5 + 1 / 32.0;
        const double OthersError = 0.625;
        const double UnitsError = 5.0 / BlockTransform.Scale;
        var quantiser = new Quantiser(scale);
        foreach (var samples in Blocks())
        {
            var coefficients = new short[Quantiser.Coefficients];
            var notZero = BlockTransform.Forward(ref samples[0], Side, ref quantiser.Reciprocals, ref coefficients[0]);
            for (var place = 0; place < Quantiser.Coefficients; place++)
            {
                var index = ZigZag.Order[place];
                var exact = Exact(samples, index % Side, index / Side);
                var step = quantiser.Steps[place];
                Math.Abs(exact - coefficients[index] * step).ShouldBeLessThan((place == 0 ? MeanError : OthersError) * step + UnitsError);
                (notZero >> index & 1).ShouldBe(coefficients[index] != 0 ? 1UL : 0);
            }
        }
    }

    [Theory, MemberData(nameof(Scales))]
    public void Every_machine_computes_the_same(int scale)
    {
        var quantiser = new Quantiser(scale);
        foreach (var samples in Blocks())
        {
            var (fast, portable) = (new short[Quantiser.Coefficients], new short[Quantiser.Coefficients]);
            var fastMask = BlockTransform.Forward(ref samples[0], Side, ref quantiser.Reciprocals, ref fast[0]);
            var mask = BlockTransform.Forward<Lanes.Portable>(ref samples[0], Side, ref quantiser.Reciprocals, ref portable[0]);
            fast.ShouldBe(portable);
            fastMask.ShouldBe(mask);
        }
    }

    [Fact]
    public void Masks_are_brought_into_the_order_of_the_file()
    {
        var masks = ZigZag.MakeMasks();
        for (var place = 0; place < Quantiser.Coefficients; place++) ZigZag.Permute(1UL << ZigZag.Order[place], ref masks[0]).ShouldBe(1UL << place);
        ZigZag.Permute(ulong.MaxValue, ref masks[0]).ShouldBe(ulong.MaxValue);
        // T.81, figure 5: right, down-left, down, up-right twice.
        ZigZag.Order[..6].ToArray().ShouldBe([0, Side, 1, 2, Side + 1, 2 * Side]);
    }

    /// <summary>Noise of all strengths, and the blocks that make each coefficient as large as it can be, of either sign.</summary>
    private static IEnumerable<byte[]> Blocks()
    {
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            var (middle, strength) = (random.Next(256), random.Next(1, 256));
            yield return [.. Enumerable.Range(0, 64).Select(_ => (byte)Math.Clamp(middle + random.Next(-strength, strength), 0, 255))];
        }

        for (var coefficient = 0; coefficient < 64; coefficient++)
        {
            foreach (var (high, low) in ((byte, byte)[])[(255, 0), (0, 255)])
                yield return [.. Enumerable.Range(0, 64).Select(i => Cosine(coefficient / Side, i / Side) * Cosine(coefficient % Side, i % Side) > 0 ? high : low)];
        }
    }

    private static double Exact(byte[] samples, int row, int column)
    {
        var sum = 0.0;
        for (var i = 0; i < samples.Length; i++) sum += (samples[i] - 128) * Cosine(row, i / Side) * Cosine(column, i % Side);
        return sum / 4 * (row == 0 ? Math.Sqrt(0.5) : 1) * (column == 0 ? Math.Sqrt(0.5) : 1);
    }

    private static double Cosine(int frequency, int position) => Math.Cos((2 * position + 1) * frequency * Math.PI / 16);
}
