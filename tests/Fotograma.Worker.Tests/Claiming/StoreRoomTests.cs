using Fotograma.Blobs;
using Fotograma.Kernel.Hosting;
using Fotograma.Worker.Claiming;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fotograma.Worker.Tests.Claiming;

public sealed class StoreRoomTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fotograma-room-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(long.MaxValue / 4, false)]
    [InlineData(0, true)]
    public async Task The_store_is_asked_for_room_once_there_was_none(long freeBytesMin, bool suffices)
    {
        var room = Room(freeBytesMin);
        (await room.SufficesAsync(Cancellation)).ShouldBeTrue("Nobody doubts it.");
        room.Missed();
        (await room.SufficesAsync(Cancellation)).ShouldBe(suffices);
        (await room.SufficesAsync(Cancellation)).ShouldBe(suffices, "A store that takes nothing is waited for as long as it takes.");
    }

    [Fact]
    public async Task A_store_that_is_gone_is_waited_for_once_somebody_doubts_it()
    {
        var room = Room(freeBytesMin: 0);
        Directory.Move(folder, folder + "-gone");
        (await room.SufficesAsync(Cancellation)).ShouldBeTrue("Nobody doubts it.");
        room.Doubt();
        (await room.SufficesAsync(Cancellation)).ShouldBeFalse();
        (await room.SufficesAsync(Cancellation)).ShouldBeFalse();
        Directory.Move(folder + "-gone", folder);
        (await room.SufficesAsync(Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public void Worker_that_finds_no_room_for_one_job_after_the_other_takes_them_more_slowly()
    {
        var room = Room(freeBytesMin: 0);
        Enumerable.Range(0, 7).Select(_ => room.Missed().TotalSeconds).ShouldBe([1, 2, 4, 8, 15, 15, 15]);
        room.Sufficed();
        room.Missed().TotalSeconds.ShouldBe(1);
    }

    private StoreRoom Room(long freeBytesMin) =>
        new(new Bucket(BlobRegistration.OpenFolder(folder, freeBytesMin, TimeProvider.System, new Ids(TimeProvider.System))), NullLogger<StoreRoom>.Instance);
}
