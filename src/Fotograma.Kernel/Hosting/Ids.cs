namespace Fotograma.Kernel.Hosting;

/// <summary>
/// Makes the identifiers of everything that is stored: UUID version 7 (RFC 9562), so that they sort by the time they were made
/// and carry 74 random bits.
/// </summary>
public sealed class Ids(TimeProvider clock)
{
    /// <summary>A new identifier.</summary>
    public Guid New() => Guid.CreateVersion7(clock.GetUtcNow());
}
