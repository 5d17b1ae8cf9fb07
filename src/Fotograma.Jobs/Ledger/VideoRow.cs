namespace Fotograma.Jobs.Ledger;

/// <summary>A video that was accepted.</summary>
internal sealed class VideoRow
{
    public required Guid Id { get; init; }

    public required Guid OwnerId { get; init; }

    public required string Name { get; init; }

    public required long Bytes { get; init; }

    public required string Sha256 { get; init; }

    public required string Container { get; init; }

    public required string SourceKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required Guid CurrentJobId { get; set; }
}
