using Fotograma.Blobs;
using Microsoft.AspNetCore.Http;

namespace Fotograma.Video.Downloads;

/// <summary>Decides whether an archive is sent by this process or fetched from the store itself, with an address that the store signed for one file and a short while.</summary>
internal sealed class ArchiveSource(Bucket bucket, BlobOptions options)
{
    public const string ContentType = "application/zip";

    public Bucket Bucket => bucket;

    /// <summary>Where the archive is to be fetched; null when this process sends it.</summary>
    public async Task<Uri?> AddressOfAsync(string key, string fileName, string method, CancellationToken cancellation)
    {
        // A signature holds for one method; questions about the file are answered here.
        if (!options.RedirectDownloads || !bucket.Capabilities.SignsDownloads || !HttpMethods.IsGet(method)) return null;
        if (await bucket.FindAsync(key, cancellation) is null) return null;
        return (await bucket.SignDownloadAsync(key, new DownloadTerms(fileName, ContentType, TimeSpan.FromSeconds(options.RedirectSeconds)), cancellation)).Address;
    }
}
