namespace Fotograma.Jobs;

/// <summary>Where a video's bytes and a job's results lie. Keys are made of ids alone, never of anything a user typed.</summary>
public static class BlobKeys
{
    /// <summary>Every uploaded file lies below this prefix.</summary>
    public const string Videos = "videos/";

    /// <summary>Every result lies below this prefix.</summary>
    public const string Jobs = "jobs/";

    /// <summary>Says which ledger all others belong to.</summary>
    public const string Ledger = "ledger.json";

    /// <summary>Everything of one video's upload.</summary>
    public static string OfVideo(Guid videoId) => $"{Videos}{videoId}/";

    /// <summary>The uploaded bytes.</summary>
    public static string Source(Guid videoId) => $"{OfVideo(videoId)}source";

    /// <summary>Everything any attempt of a job ever wrote.</summary>
    public static string OfJob(Guid jobId) => $"{Jobs}{jobId}/";

    /// <summary>What one attempt writes: the epoch keeps a stale worker's files apart from the winner's.</summary>
    public static string OfAttempt(Guid jobId, long epoch) => $"{OfJob(jobId)}{epoch}/";

    /// <summary>The ZIP.</summary>
    public static string Archive(string resultPrefix) => $"{resultPrefix}frames.zip";

    /// <summary>All gallery thumbnails, one after the other.</summary>
    public static string Thumbnails(string resultPrefix) => $"{resultPrefix}thumbnails.bin";

    /// <summary>Where each frame lies in the archive and in the thumbnails.</summary>
    public static string Index(string resultPrefix) => $"{resultPrefix}frames.idx";

    /// <summary>The manifest as JSON.</summary>
    public static string ManifestJson(string resultPrefix) => $"{resultPrefix}manifest.json";

    /// <summary>The manifest's images as newline-delimited JSON. Results of older versions lack it.</summary>
    public static string ManifestLines(string resultPrefix) => $"{resultPrefix}manifest.ndjson";

    /// <summary>Where the pictures made beside the images lie in the archive. Results without any lack it.</summary>
    public static string Extras(string resultPrefix) => $"{resultPrefix}extras.json";

    /// <summary>The manifest as CSV.</summary>
    public static string ManifestCsv(string resultPrefix) => $"{resultPrefix}manifest.csv";
}
