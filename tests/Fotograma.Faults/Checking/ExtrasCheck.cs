using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Fotograma.Faults.Checking;

/// <summary>
/// Reads what was made beside the images: it is what was asked for, the manifest lists it, <c>extras.json</c> says where in the archive it lies, and the archive has it and nothing else
/// besides images and manifests.
/// </summary>
internal static class ExtrasCheck
{
    private const string ListBlob = "extras.json";

    private sealed record Extra(string Name, long Bytes, string Sha256, long Offset);

    public static async Task CheckAsync(Stream archive, byte[] manifest, byte[]? list, IReadOnlyCollection<string>? wanted, CancellationToken cancellation)
    {
        var named = Read(manifest, root => root.TryGetProperty("extras", out var extras) ? extras : null, "file", hasPlace: false);
        var placed = Read(list ?? "[]"u8.ToArray(), root => root, "name", hasPlace: true);
        if (!named.SequenceEqual(placed.Select(extra => extra with { Offset = 0 }))) throw new InvalidDataException($"{ListBlob} does not list what the manifest does.");
        string[] kinds = [.. named.Select(extra => KindOf(extra.Name)).Distinct().Order(StringComparer.Ordinal)];
        if (wanted is not null && !kinds.SequenceEqual(wanted.Order(StringComparer.Ordinal)))
            throw new InvalidDataException($"[{string.Join(", ", wanted)}] was asked for beside the images; there is [{string.Join(", ", kinds)}].");
        var there = await OthersAsync(archive, cancellation);
        if (!there.Order().SequenceEqual(named.Select(extra => extra.Name).Order())) throw new InvalidDataException($"the archive has {string.Join(", ", there)} beside its images, not what the manifest lists.");
        foreach (var extra in placed) await CheckPlaceAsync(archive, extra, cancellation);
    }

    private static string KindOf(string name) => name switch
    {
        "poster.jpg" => "poster",
        "contact-sheet.jpg" => "sheet",
        _ when name.StartsWith("storyboard/", StringComparison.Ordinal) => "storyboard",
        _ => name,
    };

    private static List<Extra> Read(byte[] text, Func<JsonElement, JsonElement?> find, string name, bool hasPlace)
    {
        using var json = JsonDocument.Parse(text);
        return find(json.RootElement) is not { } list ? [] : [.. list.EnumerateArray().Select(extra => new Extra(
            extra.GetProperty(name).GetString()!, extra.GetProperty("bytes").GetInt64(), extra.GetProperty("sha256").GetString()!, hasPlace ? extra.GetProperty("offset").GetInt64() : 0))];
    }

    private static async Task<List<string>> OthersAsync(Stream file, CancellationToken cancellation)
    {
        file.Position = 0;
        await using var archive = await ZipArchive.CreateAsync(file, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellation);
        return [.. archive.Entries.Select(entry => entry.FullName).Where(name => !name.StartsWith("frames/", StringComparison.Ordinal) && !name.StartsWith("manifest.", StringComparison.Ordinal))];
    }

    // It is served by its place in the archive: that range must be the file.
    private static async Task CheckPlaceAsync(Stream archive, Extra extra, CancellationToken cancellation)
    {
        if (extra.Offset < 0 || extra.Bytes < 1 || extra.Offset + extra.Bytes > archive.Length) throw new InvalidDataException($"{ListBlob} points outside of the archive for {extra.Name}.");
        archive.Position = extra.Offset;
        var bytes = new byte[extra.Bytes];
        await archive.ReadExactlyAsync(bytes, cancellation);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != extra.Sha256) throw new InvalidDataException($"{ListBlob} does not point to {extra.Name}.");
    }
}
