using Fotograma.Kernel.Hosting;

namespace Fotograma.Blobs.S3;

/// <summary>How each request's bytes are checked by the store, besides the signature, which covers their SHA-256 already.</summary>
public enum S3Checksum
{
    /// <summary><c>Content-MD5</c>, which every store knows.</summary>
    Md5,

    /// <summary><c>x-amz-checksum-sha256</c>, which the store also keeps; a store that does not know it ignores it.</summary>
    Sha256,

    /// <summary>None.</summary>
    None,
}

/// <summary>How the store encrypts what it keeps.</summary>
public enum S3Encryption
{
    /// <summary>As the bucket says.</summary>
    Bucket,

    /// <summary>With keys of the store (SSE-S3).</summary>
    Aes256,

    /// <summary>With a key of its key management (SSE-KMS).</summary>
    Kms,
}

/// <summary>Where the S3 bucket is and how it is used.</summary>
public sealed class S3Options : ICheckedOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "S3";

    /// <summary>Smallest part that S3 takes, but for the last.</summary>
    internal const int PartBytesLeast = 5 << 20;

    private const int PartBytesMost = 512 << 20;

    /// <summary>The store's address; empty means Amazon's in <see cref="Region"/>.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>The address under which browsers reach the store, for signed addresses; empty means <see cref="Endpoint"/>.</summary>
    public string PublicEndpoint { get; set; } = "";

    /// <summary>The region, which is part of every signature.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>The bucket; it must exist.</summary>
    public string Bucket { get; set; } = "";

    /// <summary>What every key begins with: empty, or segments with a closing slash.</summary>
    public string KeyPrefix { get; set; } = "";

    /// <summary>True: the bucket stands in the path. False: in the host name, as Amazon wants it.</summary>
    public bool PathStyle { get; set; }

    /// <summary>The access key; null means that the SDK looks in its usual places (environment, profile, role of the machine).</summary>
    public string? AccessKeyId { get; set; }

    /// <summary>The secret that belongs to the access key.</summary>
    public string? SecretAccessKey { get; set; }

    /// <summary>The session token of temporary credentials.</summary>
    public string? SessionToken { get; set; }

    /// <summary>How the store encrypts what it keeps.</summary>
    public S3Encryption Encryption { get; set; } = S3Encryption.Bucket;

    /// <summary>The key of the key management; null means the account's default one.</summary>
    public string? EncryptionKeyId { get; set; }

    /// <summary>How each request's bytes are checked by the store.</summary>
    public S3Checksum Checksum { get; set; } = S3Checksum.Md5;

    /// <summary>Size of a part of a large blob, in bytes; smaller blobs are written with one request. A blob has at most 10000 parts.</summary>
    public int PartBytes { get; set; } = 8 << 20;

    /// <summary>Parts of one blob that are sent at the same time; each, and the one being filled, takes <see cref="PartBytes"/> of memory.</summary>
    public int PartsAtOnceMax { get; set; } = 3;

    /// <summary>Time to connect, in seconds.</summary>
    public int ConnectSeconds { get; set; } = 5;

    /// <summary>Time for one try of one request, with the sending of its body and without the reading of the answer's, in seconds.</summary>
    public int RequestSeconds { get; set; } = 120;

    /// <summary>Longest pause in which no byte of an answer's body arrives, in seconds; then the rest is asked for again.</summary>
    public int SilenceSeconds { get; set; } = 30;

    /// <summary>How often a request is tried again that failed for a reason that may pass.</summary>
    public int RetriesMax { get; set; } = 5;

    /// <summary>Longest first pause between two tries, in milliseconds; it doubles with every further one, and chance shortens it.</summary>
    public int RetryMilliseconds { get; set; } = 200;

    /// <summary>Longest pause between two tries, in milliseconds.</summary>
    public int RetryMillisecondsMax { get; set; } = 5000;

    /// <summary>Longest time in which nothing is added to an unfinished blob before it is taken for a dead writer's and removed, in seconds.</summary>
    public int AbandonedSeconds { get; set; } = 86_400;

    /// <summary>The folder of local copies; empty means <c>scratch</c> in the data folder. Needs file locks.</summary>
    public string ScratchFolder { get; set; } = "";

    /// <summary>Bytes that must stay free on that folder's disk. Default: 1 GiB.</summary>
    public long ScratchFreeBytesMin { get; set; } = 1L << 30;

    /// <summary>Largest blob that is copied, in bytes. Default: 64 GiB.</summary>
    public long ScratchBlobBytesMax { get; set; } = 64L << 30;

    /// <inheritdoc/>
    public IEnumerable<string> Problems() => PlaceProblems().Concat(RightsProblems()).Concat(LimitProblems());

    private IEnumerable<string> PlaceProblems()
    {
        if (Bucket.Length == 0) yield return "Bucket must name the bucket.";
        if (Endpoint.Length > 0 && !IsAddress(Endpoint)) yield return "Endpoint must be an http or https address, or empty.";
        if (PublicEndpoint.Length > 0 && !IsAddress(PublicEndpoint)) yield return "PublicEndpoint must be an http or https address, or empty.";
        if (Region.Length == 0) yield return "Region must name a region.";
        if (KeyPrefix.Length > 0 && (KeyPrefix[^1] != '/' || !BlobKey.IsValid(KeyPrefix[..^1])))
            yield return "KeyPrefix must be empty or end in a slash, and consist of lower-case letters, digits, '.', '_', '-' and '/'.";
    }

    private IEnumerable<string> RightsProblems()
    {
        if (AccessKeyId is null != SecretAccessKey is null) yield return "AccessKeyId and SecretAccessKey go together.";
        if (SessionToken is not null && AccessKeyId is null) yield return "SessionToken goes with an AccessKeyId and a SecretAccessKey.";
        if (EncryptionKeyId is not null && Encryption != S3Encryption.Kms) yield return "EncryptionKeyId goes with the Encryption Kms.";
    }

    private IEnumerable<string> LimitProblems()
    {
        if (PartBytes is < PartBytesLeast or > PartBytesMost) yield return $"PartBytes must lie between {PartBytesLeast} and {PartBytesMost}.";
        if (PartsAtOnceMax is < 1 or > 64) yield return "PartsAtOnceMax must lie between 1 and 64.";
        if (ConnectSeconds is < 1 or > 300) yield return "ConnectSeconds must lie between 1 and 300.";
        if (RequestSeconds is < 1 or > 3600) yield return "RequestSeconds must lie between 1 and 3600.";
        if (SilenceSeconds is < 1 or > 3600) yield return "SilenceSeconds must lie between 1 and 3600.";
        if (RetriesMax is < 0 or > 20) yield return "RetriesMax must lie between 0 and 20.";
        if (RetryMilliseconds is < 1 or > 60_000) yield return "RetryMilliseconds must lie between 1 and 60000.";
        if (RetryMillisecondsMax is < 1 or > 600_000) yield return "RetryMillisecondsMax must lie between 1 and 600000.";
        // A part that takes all of its time belongs to somebody who lives.
        if (AbandonedSeconds <= RequestSeconds || AbandonedSeconds > 2_592_000) yield return "AbandonedSeconds must be more than RequestSeconds, and at most 2592000.";
        if (ScratchFreeBytesMin < 0) yield return "ScratchFreeBytesMin must not be negative.";
        if (ScratchBlobBytesMax < 1) yield return "ScratchBlobBytesMax must be at least 1.";
    }

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
}
