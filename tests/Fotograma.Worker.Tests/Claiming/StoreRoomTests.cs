using Fotograma.Blobs;
using Fotograma.Kernel.Hosting;
using Fotograma.Worker.Claiming;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Worker.Tests.Claiming;

public sealed class StoreRoomTests : IDisposable
{
    private const long MoreThanAnyDisk = long.MaxValue / 4;
    private readonly string folder = Directory.CreateTempSubdirectory("fotograma-room-").FullName;
    private readonly FakeTimeProvider clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(long.MaxValue / 4, false)]
    [InlineData(0, true)]
    public async Task The_store_is_asked_for_room_once_there_was_none(long freeBytesMin, bool suffices)
    {
        var room = Room(freeBytesMin);
        (await room.SufficesAsync(Cancellation)).ShouldBeTrue("Nobody doubts it.");
        room.Doubt(default);
        (await room.SufficesAsync(Cancellation)).ShouldBe(suffices);
        clock.Advance(StoreRoom.WantedFor);
        (await room.SufficesAsync(Cancellation)).ShouldBe(suffices, "A store that takes nothing is waited for as long as it takes.");
    }

    [Fact]
    public async Task A_store_that_takes_a_little_is_no_store_with_room_for_what_was_missing()
    {
        var room = Room(freeBytesMin: 0);
        room.Doubt(new BlobRoom(1, 0));
        (await room.SufficesAsync(Cancellation)).ShouldBeTrue();
        room.Doubt(new BlobRoom(MoreThanAnyDisk, 0));
        room.Doubt(new BlobRoom(1, 0));
        (await room.SufficesAsync(Cancellation)).ShouldBeFalse();
        (await room.SufficesAsync(Cancellation)).ShouldBeFalse();
    }

    [Fact]
    public async Task Others_do_not_wait_for_ever_for_the_room_that_one_job_wants()
    {
        var room = Room(freeBytesMin: 0);
        room.Doubt(new BlobRoom(MoreThanAnyDisk, 0));
        clock.Advance(StoreRoom.WantedFor - TimeSpan.FromMilliseconds(1));
        room.Doubt(new BlobRoom(MoreThanAnyDisk, 0));
        (await room.SufficesAsync(Cancellation)).ShouldBeFalse();
        clock.Advance(TimeSpan.FromMilliseconds(1));
        (await room.SufficesAsync(Cancellation)).ShouldBeTrue();
        // What was wanted then is wanted no more.
        room.Doubt(new BlobRoom(1, 0));
        (await room.SufficesAsync(Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public void Whether_others_found_room_is_asked_anew_whenever_one_finds_none()
    {
        var room = Room(freeBytesMin: 0);
        room.HasStored.ShouldBeFalse();
        room.Stored();
        room.HasStored.ShouldBeTrue();
        room.Doubt(default);
        room.HasStored.ShouldBeFalse();
    }

    private StoreRoom Room(long freeBytesMin) => new(
        new Bucket(BlobRegistration.OpenFolder(folder, freeBytesMin, TimeProvider.System, new Ids(TimeProvider.System))), clock, NullLogger<StoreRoom>.Instance);
}
