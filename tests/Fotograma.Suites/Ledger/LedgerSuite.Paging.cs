
namespace Fotograma.Suites.Ledger;

/// <summary>Lists by cursor.</summary>
public abstract partial class LedgerSuite
{
    [Theory]
    [InlineData(0, 3)]
    [InlineData(3, 3)]
    [InlineData(10, 3)]
    [InlineData(23, 5)]
    public async Task Pages_hold_every_video_once_newest_first_while_new_ones_arrive(int videos, int limit)
    {
        await using var ledger = await MakeAsync();
        var expected = new List<Guid>();
        for (var i = 0; i < videos; i++) expected.Insert(0, (await ledger.AcceptAsync(Ann)).Id);
        await ledger.AcceptAsync(Some.Owner(2));
        var seen = new List<Guid>();
        Guid? before = null;
        do
        {
            var page = await ledger.Catalogue.ListAsync(Ann, limit, before, Some.Cancellation);
            page.Items.Count.ShouldBeLessThanOrEqualTo(limit);
            seen.AddRange(page.Items.Select(item => item.Id));
            before = page.Next;
            await ledger.AcceptAsync(Ann);
        }
        while (before is not null);
        seen.ShouldBe(expected);
    }

    [Fact]
    public async Task Pages_are_complete_when_ids_are_not_in_time_order()
    {
        await using var ledger = await MakeAsync();
        var random = new Random(7);
        var ids = new List<Guid>();
        var bytes = new byte[16];
        for (var i = 0; i < 40; i++)
        {
            random.NextBytes(bytes);
            var id = new Guid(bytes);
            ids.Add(id);
            await ledger.Catalogue.AcceptAsync(ledger.NewVideo(Ann) with { Id = id }, Some.Cancellation);
        }
        var seen = new List<Guid>();
        for (Guid? before = null; seen.Count == 0 || before is not null;)
        {
            var page = await ledger.Catalogue.ListAsync(Ann, 7, before, Some.Cancellation);
            seen.AddRange(page.Items.Select(item => item.Id));
            before = page.Next;
        }
        seen.ShouldBe(ids.OrderDescending());
    }

    [Fact]
    public async Task A_page_goes_on_where_the_last_one_ended_although_that_video_was_deleted()
    {
        await using var ledger = await MakeAsync();
        for (var i = 0; i < 4; i++) await ledger.AcceptAsync(Ann);
        var first = await ledger.Catalogue.ListAsync(Ann, 2, null, Some.Cancellation);
        await ledger.Catalogue.DeleteAsync(Ann, first.Items[^1].Id, Some.Cancellation);
        var second = await ledger.Catalogue.ListAsync(Ann, 2, first.Next, Some.Cancellation);
        second.Items.Count.ShouldBe(2);
        second.Next.ShouldBeNull();
        second.Items.Select(item => item.Id).ShouldNotContain(first.Items[0].Id);
    }
}
