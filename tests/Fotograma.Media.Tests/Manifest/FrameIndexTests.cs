using System.Text;
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

        page.Records.ShouldBe(Enumerable.Range(first, Math.Min(end, 3000) - first).Select(Record));
    }

    [Theory]
    [InlineData(0, 256)]
    [InlineData(2816, 3072)]
    [InlineData(3000, 3256)]
    public async Task A_part_that_was_cut_out_is_a_table_of_its_own(int first, int end)
    {
        using var table = await TableAsync(3000);

        using var part = new MemoryStream(await FrameIndex.CutAsync(table, first, end, Cancellation));

        var (page, whole) = (await FrameIndex.ReadAsync(part, 0, 256, Cancellation), await FrameIndex.ReadAsync(table, first, end, Cancellation));
        page.Records.ShouldBe(whole.Records);
        (page.Count, page.Format, page.Names.Text).ShouldBe((whole.Records.Count, whole.Format, whole.Names.Text));
    }

    [Fact]
    public async Task A_page_beyond_the_end_is_empty()
    {
        using var table = await TableAsync(5);

        (await FrameIndex.ReadAsync(table, 5, 10, Cancellation)).Records.ShouldBeEmpty();
        (await FrameIndex.ReadAsync(table, 3, 2, Cancellation)).Records.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_head_says_how_many_records_there_are_and_what_the_images_are()
    {
        using var table = await TableAsync(2);

        var page = await FrameIndex.ReadAsync(table, 1, 2, Cancellation);

        (page.Count, page.Format, page.Names.Text).ShouldBe((2, ImageFormat.Jpeg, "t_{time}"));
        page.NameOf(page.Records[0] with { Pts = 30, TimeBaseNumerator = 1, TimeBaseDenominator = 10 }).ShouldBe("frames/t_3.000000_2.jpg");
        table.Length.ShouldBe(FrameIndex.HeaderBytes + 2 * FrameIndexRecord.Bytes);
    }

    [Theory]
    [InlineData("con.{index}", true)]
    [InlineData("{pts}_{pts}", true)]
    [InlineData("../{index}", false)]
    [InlineData("a/{index}", false)]
    [InlineData("", false)]
    public async Task Names_that_are_refused_today_are_still_read_where_they_do_no_harm(string names, bool isRead)
    {
        var head = new byte[FrameIndex.HeaderBytes];
        FrameIndex.WriteHeader(head, 0, ImageFormat.Png, NameTemplate.Default);
        var at = head.AsSpan().IndexOf(Encoding.ASCII.GetBytes(NameTemplate.Default.Text));
        head.AsSpan(at).Clear();
        Encoding.ASCII.GetBytes(names, head.AsSpan(at));
        head[12] = (byte)names.Length;

        var reading = FrameIndex.ReadAsync(new MemoryStream(head), 0, 1, Cancellation);

        if (isRead) (await reading).Names.Text.ShouldBe(names);
        else await Should.ThrowAsync<InvalidDataException>(reading);
    }

    [Fact]
    public async Task A_table_of_version_1_is_still_read()
    {
        using var table = new MemoryStream();
        table.Write("FGFI"u8);
        table.Write([1, 1, 104, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
        var record = new byte[FrameIndexRecord.Bytes];
        foreach (var ordinal in new[] { 0, 1 })
        {
            Record(ordinal).Write(record);
            table.Write(record.AsSpan(0, 104));
        }

        var page = await FrameIndex.ReadAsync(table, 1, 5, Cancellation);

        (page.Count, page.Format, page.Names).ShouldBe((2, ImageFormat.Jpeg, NameTemplate.Default));
        page.Records.ShouldBe([Record(1) with { PerceptualHash = null, SceneScore = -1, NameRepeat = 1 }]);
        page.NameOf(page.Records[0]).ShouldBe("frames/frame_000002.jpg");
        using var part = new MemoryStream(await FrameIndex.CutAsync(table, 1, 2, Cancellation));
        (await FrameIndex.ReadAsync(part, 0, 1, Cancellation)).Records.ShouldBe(page.Records);
    }

    [Fact]
    public async Task Something_else_is_refused()
    {
        using var table = await TableAsync(2);
        var bytes = table.ToArray();

        await RefusedAsync(bytes[..15]);
        await RefusedAsync(bytes[..^1]);
        await RefusedAsync(bytes[..100]);
        foreach (var position in new[] { 0, 4, 5, 6, 11, 12, 16 })
        {
            var damaged = bytes.ToArray();
            damaged[position] = 0xFF;
            await RefusedAsync(damaged);
        }
    }

    private static Task<InvalidDataException> RefusedAsync(byte[] table) =>
        Should.ThrowAsync<InvalidDataException>(() => FrameIndex.ReadAsync(new MemoryStream(table), 0, 1, Cancellation));

    private static FrameIndexRecord Record(int ordinal) => new(
        ordinal + 1, 1920, 1080, ordinal % 3 == 0, long.MaxValue - ordinal, -ordinal, 1001, 30000, ordinal * 7L, ordinal * 5_000_000_000L, int.MaxValue - ordinal,
        ordinal * 9L, ordinal, new Sha256Digest((UInt128)ordinal << 100, UInt128.MaxValue - (UInt128)ordinal))
        { PerceptualHash = ulong.MaxValue - (ulong)ordinal, SceneScore = ordinal / 3000f, NameRepeat = ordinal + 1 };

    private static async Task<MemoryStream> TableAsync(int count)
    {
        NameTemplate.TryParse("t_{time}", out var names).ShouldBeTrue();
        var ledger = new FrameLedger(ImageFormat.Jpeg, names);
        for (var i = 0; i < count; i++) ledger.Add(Record(i));
        var table = new MemoryStream();
        await ledger.WriteIndexAsync(table, Cancellation);
        return table;
    }
}
