namespace Fotograma.Blobs.Drivers;

/// <summary>What a driver promises beyond the minimum. What it does not promise it refuses by name.</summary>
/// <param name="Name">The driver's name in configuration, health and refusals.</param>
/// <param name="SignsDownloads">Makes addresses under which anybody can read one blob for a while, without this program between.</param>
/// <param name="SignsUploads">Makes addresses under which anybody can write one blob for a while.</param>
/// <param name="ExcludesRivalsAtAnySize">
/// Of several writers of one free key one wins, however large the blob is. False where that holds only for blobs written with one request, and rivals with
/// larger ones are told apart except in the moment of the commit itself.
/// </param>
/// <param name="ReadersOutliveBlobs">
/// A reader reads to the end what it opened, whatever becomes of the blob. False where that holds as long as the connection does, and a reader that had to
/// connect again after that gets <see cref="BlobReplacedException"/>, never bytes of something else.
/// </param>
public sealed record BlobCapabilities(string Name, bool SignsDownloads, bool SignsUploads, bool ExcludesRivalsAtAnySize, bool ReadersOutliveBlobs);
