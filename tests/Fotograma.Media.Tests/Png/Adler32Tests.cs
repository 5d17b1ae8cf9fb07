using Fotograma.Media.Png;

namespace Fotograma.Media.Tests.Png;

public sealed class Adler32Tests
{
    [Fact]
    public void The_checksum_is_the_one_of_the_standard()
    {
        Adler32.Append(Adler32.Start, []).ShouldBe(1u);
        Adler32.Append(Adler32.Start, "Wikipedia"u8).ShouldBe(0x11E60398u);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(5551)]
    [InlineData(5552)]
    [InlineData(5553)]
    [InlineData(300_001)]
    public void Large_bytes_never_overflow_the_sums(int length)
    {
        var bytes = Enumerable.Repeat((byte)255, length).ToArray();

        Adler32.Append(0xFFF0FFF0, bytes).ShouldBe(Slow(0xFFF0FFF0, bytes));
    }

    [Fact]
    public void Bytes_can_come_in_parts_of_any_length()
    {
        var random = new Random(4);
        var bytes = new byte[50_000];
        random.NextBytes(bytes);
        var checksum = Adler32.Start;
        for (var i = 0; i < bytes.Length;)
        {
            var part = Math.Min(random.Next(1, 9000), bytes.Length - i);
            checksum = Adler32.Append(checksum, bytes.AsSpan(i, part));
            i += part;
        }

        checksum.ShouldBe(Slow(Adler32.Start, bytes));
    }

    private static uint Slow(uint adler, byte[] bytes)
    {
        var (sum, sumOfSums) = (adler & 0xFFFF, adler >> 16);
        foreach (var value in bytes)
        {
            sum = (sum + value) % 65521;
            sumOfSums = (sumOfSums + sum) % 65521;
        }

        return (sumOfSums << 16) | sum;
    }
}
