namespace Fotograma.Auth.Accounts;

/// <summary>One person's account.</summary>
internal sealed class Account
{
    public required Guid Id { get; init; }

    public required string Email { get; set; }

    /// <summary>The e-mail address in lower case: the form in which addresses are unique and looked up.</summary>
    public required string EmailKey { get; set; }

    public string? Username { get; set; }

    /// <summary>The user name in lower case.</summary>
    public string? UsernameKey { get; set; }

    public required string Name { get; set; }

    public required string Language { get; set; }

    /// <summary>Argon2id in PHC string format.</summary>
    public required string PasswordHash { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Grows with every change that other modules hear of.</summary>
    public required long Revision { get; set; }

    public Messages.UserChanged ToEvent() => new(Id, Email, Name, Language, Revision);
}
