using System.Globalization;
using System.Text.Json;
using Fotograma.Jobs;
using Fotograma.Jobs.Trash;

namespace Fotograma.Video.Cleanup;

/// <summary>Why nothing is deleted.</summary>
/// <param name="Reason">The sentence for everybody.</param>
/// <param name="Detail">What the operator may want to know besides.</param>
internal sealed record Refusal(string Reason, string Detail)
{
    private const string Start = "Nothing that lost its owner is deleted";

    private const string Advice =
        "Check Jobs:Store, Postgres:DatabasePrefix, Data:Folder, Blobs:Folder, S3:Bucket and S3:KeyPrefix. After a deliberate restore, run 'fotograma adopt'.";

    /// <summary>The bucket is another ledger's.</summary>
    public static Refusal OfAnother(LedgerIdentity ledger, BucketMark mark) => new(
        $"{Start}: the stored uploads and results belong to another ledger than the one in use. {Advice}", $"This ledger is {ledger.Id}, theirs is {mark.Ledger}.");

    /// <summary>The bucket has blobs, says nothing about whose they are, and the ledger knows none of them.</summary>
    public static Refusal OfNobody(LedgerIdentity ledger, Census census) => new(
        $"{Start}: the ledger in use knows none of the stored uploads and results. {Advice}", $"This ledger is {ledger.Id}. {Count(census)}");

    /// <summary>The bucket says something that is not understood.</summary>
    public static Refusal OfUnreadable(JsonException fault) => new(
        $"{Start}: what the bucket says about its ledger cannot be read. {Advice}", $"{BlobKeys.Ledger}: {fault.Message}");

    /// <summary>The bucket is this ledger's, and has seen it older than it is.</summary>
    public static Refusal OfCopy(LedgerIdentity ledger, BucketMark mark) => new(
        $"{Start}: the ledger in use is an older copy of the one that the stored uploads and results belong to. {Advice}",
        string.Create(CultureInfo.InvariantCulture, $"This ledger is {ledger.Id} after {ledger.Sweeps} sweeps; the bucket has seen {mark.Sweeps}."));

    /// <summary>The bucket is this ledger's, and the ledger does not know too much of it.</summary>
    public static Refusal TooMany(LedgerIdentity ledger, Census census) => new(
        $"{Start}: the ledger in use does not know too many of the stored videos, as if it were an older copy. {Advice}", $"This ledger is {ledger.Id}. {Count(census)}");

    private static string Count(Census census) => string.Create(
        CultureInfo.InvariantCulture, $"It does not know {census.VideosUnknown} of the {census.Videos} videos whose uploads are stored.");
}
