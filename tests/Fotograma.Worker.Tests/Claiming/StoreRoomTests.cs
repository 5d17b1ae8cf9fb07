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
        var room = new StoreRoom(
            new Bucket(BlobRegistration.OpenFolder(folder, freeBytesMin, TimeProvider.System, new Ids(TimeProvider.System))), NullLogger<StoreRoom>.Instance);
        (await room.SufficesAsync(Cancellation)).ShouldBeTrue("Nobody doubts it.");
        room.Doubt();
        (await room.SufficesAsync(Cancellation)).ShouldBe(suffices);
        (await room.SufficesAsync(Cancellation)).ShouldBe(suffices, "A store that takes nothing is waited for as long as it takes.");
    }
}
