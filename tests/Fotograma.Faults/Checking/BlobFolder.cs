namespace Fotograma.Faults.Checking;

/// <summary>Blobs in a folder, file by file.</summary>
internal sealed class BlobFolder(string root) : StoredBlobs
{
    public override Task<IReadOnlyList<string>> KeysAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<string>>(Directory.Exists(root)
        ? [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file)).Where(key => !key.Split('/').Any(part => part.StartsWith('.')))]
        : []);

    public override Task<IReadOnlyList<string>> UnfinishedAsync(CancellationToken cancellation)
    {
        var drafts = Path.Combine(root, ".tmp");
        return Task.FromResult<IReadOnlyList<string>>(Directory.Exists(drafts)
            ? [.. Directory.GetDirectories(drafts).SelectMany(FilesOf).Select(file => Path.GetRelativePath(root, file))]
            : []);
    }

    // A sweep may take the folder while it is looked at.
    private static string[] FilesOf(string folder)
    {
        try
        {
            return Directory.GetFiles(folder);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    public override Task RemoveAsync(string key, CancellationToken cancellation)
    {
        File.Delete(Path.Combine(root, key));
        return Task.CompletedTask;
    }

    public override async Task SpoilAsync(string key, CancellationToken cancellation)
    {
        await using var file = new FileStream(Path.Combine(root, key), FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length / 2;
        var before = file.ReadByte();
        file.Position--;
        file.WriteByte(Spoilt(before));
    }

    public override Task<Stream?> OpenAsync(string key, CancellationToken cancellation)
    {
        var path = Path.Combine(root, key);
        return Task.FromResult<Stream?>(File.Exists(path) ? File.OpenRead(path) : null);
    }
}
