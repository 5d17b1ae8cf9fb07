using Fotograma.Media.Png;

namespace Fotograma.Media.Tests.Png;

public sealed class SequenceTests
{
    [Fact]
    public void Zero_runs_of_any_length_at_any_place_come_back()
    {
        var random = new Random(1);
        var sequences = new SequenceList();
        for (var round = 0; round < 500; round++)
        {
            var block = Runs(random, random.Next(1, 3000), longest: round % 2 == 0 ? 40 : 600);

            ZeroRuns.Find(block, sequences);

            Replay(block, 0, sequences).AsSpan().SequenceEqual(block).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_block_of_zeros_is_one_literal_and_copies()
    {
        var sequences = new SequenceList();

        ZeroRuns.Find(new byte[100_000], sequences);

        sequences.Items.ToArray().Sum(sequence => sequence.Literals).ShouldBeLessThanOrEqualTo(3);
        sequences.Items.Length.ShouldBeLessThan(100_000 / 258 + 3);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Pixels_that_occurred_before_come_back_even_from_the_block_before(int pixelBytes)
    {
        var random = new Random(2);
        var sequences = new SequenceList();
        var matches = new PixelMatches();
        for (var round = 0; round < 300; round++)
        {
            matches.Clear();
            var stream = Runs(random, random.Next(20, 90_000), longest: 50);
            var start = random.Next(stream.Length / 2);
            var forgotten = Math.Max(0, start - PixelMatches.WindowBytes);
            matches.Find(stream.AsSpan(0, start), 0, 0, pixelBytes, sequences);

            matches.Find(stream.AsSpan(forgotten), start - forgotten, forgotten, pixelBytes, sequences);

            Replay(stream[forgotten..], start - forgotten, sequences).AsSpan().SequenceEqual(stream.AsSpan(start)).ShouldBeTrue();
        }
    }

    [Fact]
    public void Lengths_and_distances_have_the_symbols_of_the_standard()
    {
        for (var length = 3; length <= 258; length++)
        {
            var symbol = DeflateSymbols.OfLength(length);
            (length - DeflateSymbols.LengthBase(symbol)).ShouldBeInRange(0, (1 << DeflateSymbols.LengthExtraBits(symbol)) - 1);
        }

        for (var distance = 1; distance <= 32768; distance++)
        {
            var symbol = DeflateSymbols.OfDistance(distance);
            (distance - DeflateSymbols.DistanceBase(symbol)).ShouldBeInRange(0, (1 << DeflateSymbols.DistanceExtraBits(symbol)) - 1);
        }

        (DeflateSymbols.OfLength(257), DeflateSymbols.OfLength(258), DeflateSymbols.OfDistance(32768)).ShouldBe((27, 28, 29));
    }

    private static byte[] Runs(Random random, int length, int longest)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length;)
        {
            var run = Math.Min(random.Next(1, longest), length - i);
            if (random.Next(2) == 0) random.NextBytes(bytes.AsSpan(i, run));
            else if (i > 0 && random.Next(2) == 0) CopyOverlapping(bytes, random.Next(Math.Max(0, i - 40_000), i), i, run);
            i += run;
        }

        return bytes;
    }

    /// <summary>Does what the sequences say, taking from <paramref name="bytes"/> only what is before the block and the literals.</summary>
    private static byte[] Replay(byte[] bytes, int start, SequenceList sequences)
    {
        var made = bytes[..start].Concat(new byte[bytes.Length - start]).ToArray();
        var position = start;
        foreach (var sequence in sequences.Items)
        {
            bytes.AsSpan(position, sequence.Literals).CopyTo(made.AsSpan(position));
            position += sequence.Literals;
            if (sequence.Length == 0) break;
            ((int)sequence.Length).ShouldBeInRange(3, 258);
            ((int)sequence.Distance).ShouldBeInRange(1, Math.Min(position, 32768));
            CopyOverlapping(made, position - sequence.Distance, position, sequence.Length);
            position += sequence.Length;
        }

        position.ShouldBe(bytes.Length);
        return made[start..];
    }

    private static void CopyOverlapping(byte[] bytes, int from, int to, int length)
    {
        for (var i = 0; i < length; i++) bytes[to + i] = bytes[from + i];
    }
}
