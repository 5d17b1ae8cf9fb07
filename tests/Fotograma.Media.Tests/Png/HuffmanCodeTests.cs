using Fotograma.Media.Png;

namespace Fotograma.Media.Tests.Png;

public sealed class HuffmanCodeTests
{
    [Theory]
    [InlineData(19, 7)]
    [InlineData(30, 15)]
    [InlineData(286, 14)]
    [InlineData(286, 9)]
    public void A_code_is_complete_short_enough_and_free_of_prefixes(int symbols, int longest)
    {
        var random = new Random(symbols + longest);
        var code = new HuffmanCode(symbols, longest);
        for (var round = 0; round < 400; round++)
        {
            var counts = Counts(random, symbols, round);

            code.Build(counts);

            code.Lengths.Max().ShouldBeLessThanOrEqualTo((byte)longest);
            code.Lengths.Where(length => length > 0).Sum(length => Math.ScaleB(1, -length)).ShouldBe(1);
            for (var symbol = 0; symbol < symbols; symbol++) (code.Lengths[symbol] > 0 || counts[symbol] == 0).ShouldBeTrue();
            ReadsBack(code, longest);
        }
    }

    [Fact]
    public void A_code_below_the_limit_is_as_short_as_can_be()
    {
        var random = new Random(9);
        var code = new HuffmanCode(64, 15);
        for (var round = 0; round < 200; round++)
        {
            var counts = Enumerable.Range(0, 64).Select(_ => (uint)random.Next(1, 500)).ToArray();

            code.Build(counts);

            code.Bits(counts).ShouldBe(Shortest(counts));
        }
    }

    [Fact]
    public void Counts_that_grow_like_Fibonacci_are_cut_to_the_limit_at_little_cost()
    {
        var counts = new uint[40];
        (counts[0], counts[1]) = (1, 1);
        for (var i = 2; i < counts.Length; i++) counts[i] = counts[i - 1] + counts[i - 2];
        var code = new HuffmanCode(counts.Length, 14);

        code.Build(counts);

        code.Lengths.Max().ShouldBe((byte)14);
        ((double)code.Bits(counts) / Shortest(counts)).ShouldBeLessThan(1.02);
    }

    [Fact]
    public void Even_no_symbol_or_one_gives_a_complete_code()
    {
        var code = new HuffmanCode(30, 15);

        code.Build(new uint[30]);
        code.Lengths.Count(length => length == 1).ShouldBe(2);
        code.Build([.. new uint[29], 5]);
        (code.Lengths[29], code.Lengths.Sum(length => length)).ShouldBe(((byte)1, 2));
    }

    private static uint[] Counts(Random random, int symbols, int round) => (round % 4) switch
    {
        0 => [.. Enumerable.Range(0, symbols).Select(_ => (uint)random.Next(0, 3))],
        1 => [.. Enumerable.Range(0, symbols).Select(symbol => (uint)Math.Pow(1.0 + random.NextDouble(), symbol % 30))],
        2 => [.. Enumerable.Range(0, symbols).Select(symbol => 1u << Math.Min(20, symbol / 2))],
        _ => [.. Enumerable.Range(0, symbols).Select(_ => random.Next(20) == 0 ? (uint)random.Next(200_000) : 0)],
    };

    private static void ReadsBack(HuffmanCode code, int longest)
    {
        var owner = new int[1 << longest];
        var contested = 0;
        for (var symbol = 0; symbol < code.Lengths.Length; symbol++)
        {
            if (code.Lengths[symbol] == 0) continue;
            for (var bits = code.Codes[symbol]; bits < owner.Length; bits += 1u << code.Lengths[symbol])
            {
                if (owner[bits] != 0) contested++;
                owner[bits] = symbol + 1;
            }
        }

        contested.ShouldBe(0);
        owner.AsSpan().Contains(0).ShouldBeFalse();
    }

    private static long Shortest(uint[] counts)
    {
        var nodes = new PriorityQueue<long, long>(counts.Select(count => ((long)count, (long)count)));
        var bits = 0L;
        while (nodes.Count > 1)
        {
            var both = nodes.Dequeue() + nodes.Dequeue();
            bits += both;
            nodes.Enqueue(both, both);
        }

        return bits;
    }
}
