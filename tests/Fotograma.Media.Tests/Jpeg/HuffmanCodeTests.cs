using Fotograma.Media.Jpeg;

namespace Fotograma.Media.Tests.Jpeg;

public sealed class HuffmanCodeTests
{
    [Fact]
    public void Code_is_prefix_free_and_leaves_the_code_of_ones_unused()
    {
        var random = new Random(1);
        var code = new HuffmanCode();
        for (var round = 0; round < 200; round++)
        {
            var counts = Counts(random.Next(1, 257), i => random.Next(1 << random.Next(1, 20)) + (i == 0 ? 1 : 0));
            code.Build(counts);
            var space = 0L;
            for (var symbol = 0; symbol < counts.Length; symbol++)
            {
                var length = (int)(code.Entries[symbol] & 31);
                (length > 0).ShouldBe(counts[symbol] > 0);
                if (length == 0) continue;
                length.ShouldBeLessThanOrEqualTo(16);
                (code.Entries[symbol] >> 5).ShouldBeLessThan((1u << length) - 1);
                space += 1L << 16 - length;
            }

            space.ShouldBeLessThan(1L << 16);
            code.Ordered.Length.ShouldBe(code.LengthCounts.ToArray().Sum(count => count));
        }
    }

    [Fact]
    public void Rare_symbols_are_kept_to_sixteen_bits_at_the_least_cost()
    {
        // Fibonacci counts would make codes as long as there are symbols.
        var fibonacci = new int[30];
        for (var i = 0; i < fibonacci.Length; i++) fibonacci[i] = i < 2 ? 1 : fibonacci[i - 1] + fibonacci[i - 2];
        var code = new HuffmanCode();
        code.Build(Counts(fibonacci.Length, i => fibonacci[i]));
        var bits = Enumerable.Range(0, fibonacci.Length).Sum(i => (long)fibonacci[i] * (code.Entries[i] & 31));
        // No code can beat the entropy; one without a limit needs hardly more.
        var total = fibonacci.Sum(count => (double)count);
        var entropy = fibonacci.Sum(count => count * Math.Log2(total / count));
        ((double)bits).ShouldBeInRange(entropy, entropy * 1.05);
        code.Entries[0].ShouldBeGreaterThan(0u);
    }

    [Fact]
    public void Only_symbol_there_is_gets_a_code_of_one_bit()
    {
        var code = new HuffmanCode();
        code.Build(Counts(1, _ => 9));
        code.Entries[0].ShouldBe(1u);
    }

    private static int[] Counts(int symbols, Func<int, int> count)
    {
        var counts = new int[HuffmanCode.Symbols];
        for (var i = 0; i < symbols; i++) counts[i] = count(i);
        return counts;
    }
}
