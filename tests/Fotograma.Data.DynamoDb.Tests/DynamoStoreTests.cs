using Amazon.DynamoDBv2;
using Fotograma.Peers.DynamoDb;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fotograma.Data.DynamoDb.Tests;

/// <summary>What the stores of the modules rely on, against a real server.</summary>
public sealed class DynamoStoreTests : IAsyncLifetime
{
    private const string Things = "things";
    private const string ByOwner = "owner-index";
    private static readonly TableDesign Design = new(Things, new KeyDesign("id"), new IndexDesign(ByOwner, new KeyDesign("owner", "order")));
    private static int made;
    private readonly Random chance = new(1);
    private readonly short run = (short)Interlocked.Increment(ref made);
    private DynamoDbOptions options = null!;
    private IAmazonDynamoDB client = null!;
    private DynamoStore store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var peer = await DynamoPeer.SharedAsync(Cancellation);
        options = new DynamoDbOptions
        {
            Endpoint = peer.ServiceUrl, Region = "us-east-1", AccessKey = "test", SecretKey = "test", TablePrefix = $"store{run}-", TriesMax = 20,
        };
        client = DynamoRegistration.ClientFor(options);
        await TablesOf(Design).PrepareAsync(Cancellation);
        store = new DynamoStore(client, TablesOf(Design), options, chance, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await client.DeleteTableAsync(options.TablePrefix + Things);
        client.Dispose();
    }

    [Fact]
    public async Task Every_kind_of_value_reads_back()
    {
        var (id, time) = (new Guid("0198c0de-0000-7000-8000-00000000000a"), DateTimeOffset.FromUnixTimeMilliseconds(1_767_323_045_678));
        await store.WriteAsync(ItemWrite.Put(Things, Key("a").With("text", "olá 👋").With("empty", "").With("guid", id).With("long", long.MaxValue)
            .With("double", 0.1 + 0.2).With("time", time).With("bytes", new byte[] { 0, 255 }).With("texts", (IReadOnlyList<string>)["x", "y"]).With("nothing", null)), Cancellation);
        var item = (await store.FindAsync(Things, Key("a"), Cancellation)).ShouldNotBeNull();
        (item.Text("text"), item.Text("empty"), item.Id("guid"), item.Number("long"), item.DoubleOrNull("double"), item.Time("time"))
            .ShouldBe(("olá 👋", "", id, long.MaxValue, 0.1 + 0.2, time));
        item.Bytes("bytes").ShouldBe([0, 255]);
        item.Texts("texts").Order().ShouldBe(["x", "y"]);
        (item.Has("nothing"), item.TextOrNull("nothing"), item.NumberOrNull("nothing")).ShouldBe((false, null, null));
    }

    [Fact]
    public async Task A_write_whose_condition_does_not_hold_changes_nothing_and_shows_what_is_there()
    {
        (await store.WriteAsync(ItemWrite.Put(Things, Key("a").With("epoch", 1)).IfMissing("id"), Cancellation)).Done.ShouldBeTrue();
        var refused = await store.WriteAsync(ItemWrite.Update(Things, Key("a")).Add("epoch", 1).If("epoch", "=", 7), Cancellation);
        (refused.Done, refused.Item!.Number("epoch")).ShouldBe((false, 1));
        (await store.WriteAsync(ItemWrite.Put(Things, Key("a")).IfMissing("id"), Cancellation)).Done.ShouldBeFalse();
        var changed = await store.WriteAsync(ItemWrite.Update(Things, Key("a")).Add("epoch", 1).Set("state", "x").If("epoch", "=", 1).IfMissingOrLess("state", "y"), Cancellation);
        (changed.Done, changed.Item!.Number("epoch"), changed.Item.Text("state")).ShouldBe((true, 2, "x"));
    }

    [Fact]
    public async Task Several_writes_take_place_together_or_not_at_all()
    {
        await store.WriteAsync(ItemWrite.Put(Things, Key("a").With("epoch", 1)), Cancellation);
        List<ItemWrite> Writes(int epoch) => [ItemWrite.Update(Things, Key("a")).Set("epoch", 2).If("epoch", "=", epoch), ItemWrite.Put(Things, Key("b"))];
        (await store.WriteAllAsync(Token(1), Writes(9), Cancellation)).ShouldBeFalse();
        (await store.FindAsync(Things, Key("b"), Cancellation)).ShouldBeNull();
        (await store.WriteAllAsync(Token(2), Writes(1), Cancellation)).ShouldBeTrue();
        (await store.FindAsync(Things, [Key("a"), Key("b"), Key("c")], Cancellation)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Transactions_that_meet_are_tried_again_until_all_are_through()
    {
        await store.WriteAsync(ItemWrite.Put(Things, Key("counter").With("count", 0)), Cancellation);
        var done = await Task.WhenAll(Enumerable.Range(1, 8).Select(number => Task.Run(() => store.WriteAllAsync(
            Token(number), [ItemWrite.Update(Things, Key("counter")).Add("count", 1), ItemWrite.Put(Things, Key($"{number}"))], Cancellation))));
        done.ShouldAllBe(through => through);
        (await store.FindAsync(Things, Key("counter"), Cancellation))!.Number("count").ShouldBe(8);
    }

    [Fact]
    public async Task A_transaction_that_is_sent_again_under_its_token_takes_place_once()
    {
        await store.WriteAsync(ItemWrite.Put(Things, Key("counter").With("count", 0)), Cancellation);
        for (var i = 0; i < 3; i++) (await store.WriteAllAsync(Token(1), [ItemWrite.Update(Things, Key("counter")).Add("count", 1)], Cancellation)).ShouldBeTrue();
        (await store.FindAsync(Things, Key("counter"), Cancellation))!.Number("count").ShouldBe(1);
    }

    [Fact]
    public async Task Queries_follow_the_order_of_an_index_and_end_where_they_are_told()
    {
        foreach (var number in (int[])[3, 1, 2, 5, 4])
            await store.WriteAsync(ItemWrite.Put(Things, Key($"{number}").With("owner", number == 5 ? "bob" : "ann").With("order", $"{number:D4}")), Cancellation);
        var query = new ItemQuery(Things, ("owner", "ann")) { Index = ByOwner };
        (await IdsAsync(query, 10)).ShouldBe(["1", "2", "3", "4"]);
        (await IdsAsync(query with { Descending = true }, 2)).ShouldBe(["4", "3"]);
        (await IdsAsync(query with { Below = ("order", "0003") }, 10)).ShouldBe(["1", "2"]);
        await store.DeleteAsync(Things, [Key("1"), Key("4"), Key("no such")], Cancellation);
        (await IdsAsync(query, 10)).ShouldBe(["2", "3"]);
    }

    [Fact]
    public async Task More_items_than_one_request_takes_are_read_and_removed_in_several()
    {
        var keys = Enumerable.Range(0, 130).Select(number => $"{number}").ToList();
        foreach (var batch in keys.Chunk(100)) (await store.WriteAllAsync(Token(batch.Length), [.. batch.Select(id => ItemWrite.Put(Things, Key(id)))], Cancellation)).ShouldBeTrue();
        (await store.FindAsync(Things, keys.Select(Key), Cancellation)).Count.ShouldBe(130);
        await store.DeleteAsync(Things, keys.Select(Key), Cancellation);
        (await store.FindAsync(Things, keys.Select(Key), Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Tables_are_made_once_and_missing_ones_are_named_when_none_may_be_made()
    {
        await TablesOf(Design).PrepareAsync(Cancellation);
        var strict = new DynamoDbOptions
        {
            Endpoint = options.Endpoint, Region = options.Region, AccessKey = "test", SecretKey = "test", TablePrefix = options.TablePrefix, CreateTables = false,
        };
        await new DynamoTables(client, [Design], strict, TimeProvider.System, NullLogger<DynamoTables>.Instance).PrepareAsync(Cancellation);
        var other = new TableDesign(Things, new KeyDesign("id"), new IndexDesign("missing-index", new KeyDesign("a", "b")));
        var thrown = await Should.ThrowAsync<IOException>(() =>
            new DynamoTables(client, [other, new TableDesign("nowhere", new KeyDesign("id"))], strict, TimeProvider.System, NullLogger<DynamoTables>.Instance).PrepareAsync(Cancellation));
        thrown.Message.ShouldContain("lacks the index missing-index");
        thrown.Message.ShouldContain($"{options.TablePrefix}nowhere is missing");
    }

    [Fact]
    public async Task An_index_that_a_newer_version_wants_is_added_with_all_items_while_the_version_before_works_on()
    {
        const string ByKind = "kind-index", ByShelf = "shelf-index";
        for (var number = 1; number <= 3; number++)
            await store.WriteAsync(ItemWrite.Put(Things, Key($"{number}").With("kind", "a").With("shelf", $"{number}")), Cancellation);
        var newer = new TableDesign(Things, Design.Key, [.. Design.Indexes, new IndexDesign(ByKind, new KeyDesign("kind", "shelf")), new IndexDesign(ByShelf, new KeyDesign("shelf"), [])]);
        (await TablesOf(newer).TryAsync(Cancellation)).ShouldContain($"{ByKind} of {options.TablePrefix}{Things}, {ByShelf} of");

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TablesOf(newer).PrepareAsync(Cancellation)));

        (await IdsAsync(new ItemQuery(Things, ("kind", "a")) { Index = ByKind }, 10)).ShouldBe(["1", "2", "3"]);
        (await IdsAsync(new ItemQuery(Things, ("shelf", "2")) { Index = ByShelf }, 10)).ShouldBe(["2"]);
        (await TablesOf(newer).TryAsync(Cancellation)).ShouldBe("1 tables");
        await TablesOf(Design).PrepareAsync(Cancellation);
        await store.WriteAsync(ItemWrite.Put(Things, Key("4")), Cancellation);
    }

    private DynamoTables TablesOf(params IReadOnlyList<TableDesign> designs) => new(client, designs, options, TimeProvider.System, NullLogger<DynamoTables>.Instance);

    private async Task<IEnumerable<string>> IdsAsync(ItemQuery query, int limit) => (await store.QueryAsync(query, limit, Cancellation)).Select(item => item.Text("id"));

    private static Item Key(string id) => new Item().With("id", id);

    // The server remembers tokens, and all tests share it.
    private Guid Token(int number) => new(number, run, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
}
