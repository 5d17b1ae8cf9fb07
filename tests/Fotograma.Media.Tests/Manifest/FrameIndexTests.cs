using Fotograma.Media.Manifest;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Manifest;

public sealed class FrameIndexTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1020, 1030)]
    [InlineData(2999, 3000)]
    [InlineData(2990, 4000)]
    public async Task Any_page_can_be_read_out_of_the_table(int first, int end)
    {
        using var table = await TableAsync(3000);

        var page = await FrameIndex.ReadAsync(table, first, end, Cancellation);

        page.ShouldBe(Enumerable.Range(first, Math.Min(end, 3000) - first).Select(Record));
        FrameIndex.Read(table.ToArray().AsSpan((int)FrameIndex.OffsetOf(first), page.Count * FrameIndexRecord.Bytes)).ShouldBe(page);
    }

    [Fact]
    public async Task A_page_beyond_the_end_is_empty()
    {
        using var table = await TableAsync(5);

        (await FrameIndex.ReadAsync(table, 5, 10, Cancellation)).ShouldBeEmpty();
        (await FrameIndex.ReadAsync(table, 3, 2, Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_head_says_how_many_records_there_are_and_what_the_images_are()
    {
        using var table = await TableAsync(2);

        FrameIndex.ReadHeader(table.ToArray()).ShouldBe((2, ImageFormat.Jpeg));
        table.Length.ShouldBe(FrameIndex.OffsetOf(2));
    }

    [Fact]
    public async Task Something_else_is_refused()
    {
        using var table = await TableAsync(2);
        var bytes = table.ToArray();

        Should.Throw<InvalidDataException>(() => FrameIndex.ReadHeader(bytes.AsSpan(0, 15)));
        foreach (var position in new[] { 0, 4, 5, 6, 11 })
        {
            var damaged = bytes.ToArray();
            damaged[position] = 0xFF;
            Should.Throw<InvalidDataException>(() => FrameIndex.ReadHeader(damaged));
        }

        await Should.ThrowAsync<InvalidDataException>(() => FrameIndex.ReadAsync(new MemoryStream(bytes[..^1]), 0, 1, Cancellation));
    }

    private static FrameIndexRecord Record(int ordinal) => new(
        ordinal + 1, 1920, 1080, ordinal % 3 == 0, long.MaxValue - ordinal, -ordinal, 1001, 30000, ordinal * 7L, ordinal * 5_000_000_000L, int.MaxValue - ordinal,
        ordinal * 9L, ordinal, new Sha256Digest((UInt128)ordinal << 100, UInt128.MaxValue - (UInt128)ordinal));

    private static async Task<MemoryStream> TableAsync(int count)
    {
        var ledger = new FrameLedger(ImageFormat.Jpeg);
        for (var i = 0; i < count; i++) ledger.Add(Record(i));
        var table = new MemoryStream();
        await ledger.WriteIndexAsync(table, Cancellation);
        return table;
    }
}
