using System.Runtime.CompilerServices;
using Fotograma.Blobs.Drivers;
using Fotograma.Blobs.Drivers.Files;
using Fotograma.Kernel.Hosting;
using Fotograma.Suites.Blobs;

namespace Fotograma.Blobs.Tests;

/// <summary>A temporary folder.</summary>
internal sealed class FolderPeer(TimeProvider? clock = null) : BlobPeer
{
    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private readonly List<IBlobDriver> drivers = [];

    public string Folder { get; } = Directory.CreateTempSubdirectory("fotograma-blobs-").FullName;

    public override IBlobDriver Open()
    {
        var driver = BlobRegistration.OpenFolder(Folder, freeBytesMin: 0, clock, new Ids(clock));
        drivers.Add(driver);
        return driver;
    }

    // What death does to a driver is that its lock is let go and that nobody cleans up.
    public override void Kill(IBlobDriver driver)
    {
        drivers.Remove(driver);
        Held(Session((FileBlobDriver)driver)!).Dispose();
    }

    public override Task<int> CountEverythingAsync(CancellationToken cancellation) =>
        Task.FromResult(Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Length);

    public override async Task SpoilAsync(string key, CancellationToken cancellation)
    {
        await using var file = new FileStream(Path.Combine(Folder, key), FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length / 2;
        var old = (byte)file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(old ^ 1));
    }

    public override ValueTask DisposeAsync()
    {
        foreach (var driver in drivers) (driver as IDisposable)?.Dispose();
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "session")]
    private static extern ref WriterSession? Session(FileBlobDriver driver);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "held")]
    private static extern ref FileStream Held(WriterSession session);
}
