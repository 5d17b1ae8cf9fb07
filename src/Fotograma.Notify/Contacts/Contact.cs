namespace Fotograma.Notify.Contacts;

/// <summary>What this module knows of a person: just enough to write to them.</summary>
internal sealed class Contact
{
    public required Guid UserId { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    public required string Language { get; init; }

    public required long Revision { get; init; }
}
