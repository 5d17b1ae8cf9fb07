using Fotograma.Fleeting.Store;
using Fotograma.Fleeting.Tests.Suites;

namespace Fotograma.Fleeting.Tests.Drivers;

public sealed class ProcessStoreTests : FleetingStoreSuite
{
    private readonly ProcessStore store = new(TimeProvider.System);

    [Fact]
    public async Task Only_so_much_is_remembered_and_what_would_end_first_is_forgotten_first()
    {
        var small = new ProcessStore(TimeProvider.System, entriesMax: 8, copiesMax: 8);
        for (var i = 1; i <= 9; i++) await small.MarkAsync($"{i}", TimeSpan.FromHours(i), Cancellation);

        (await small.IsMarkedAsync("1", Cancellation)).ShouldBeFalse();
        (await small.IsMarkedAsync("2", Cancellation)).ShouldBeFalse();
        for (var i = 3; i <= 9; i++) (await small.IsMarkedAsync($"{i}", Cancellation)).ShouldBeTrue();
    }

    protected override IFleetingStore Open() => store;

    protected override ValueTask CloseAsync() => ValueTask.CompletedTask;
}
