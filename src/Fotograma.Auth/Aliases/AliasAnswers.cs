using System.Text.Json.Serialization;
using Fotograma.Auth.Accounts;

namespace Fotograma.Auth.Aliases;

/// <summary>A user in the plain dialect.</summary>
internal sealed record PlainUser(Guid Id, string Email, string Name, [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt)
{
    public static PlainUser Of(Account account) => new(account.Id, account.Email, account.Name, account.CreatedAt);
}

/// <summary>A sign-in in the plain dialect.</summary>
internal sealed record PlainSignIn(string Token, [property: JsonPropertyName("expires_at")] DateTimeOffset ExpiresAt, PlainUser User);

/// <summary>The envelope around every answer of the other dialect.</summary>
internal sealed record Envelope<T>(bool Success, string Message, T Data, DateTimeOffset Timestamp);

/// <summary>A registration in the enveloped dialect.</summary>
internal sealed record EnvelopedUserData(EnvelopedUser User);

/// <summary>A sign-in in the enveloped dialect.</summary>
internal sealed record EnvelopedSignIn(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("token_type")] string TokenType,
    [property: JsonPropertyName("expires_in")] long ExpiresInSeconds,
    EnvelopedUser User);

/// <summary>A user in the enveloped dialect. Fotograma keeps one name: its first word is shown as the first name, the rest as the last.</summary>
internal sealed record EnvelopedUser(
    Guid Id,
    string Email,
    string? Username,
    [property: JsonPropertyName("first_name")] string FirstName,
    [property: JsonPropertyName("last_name")] string LastName,
    [property: JsonPropertyName("full_name")] string FullName,
    string Status,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt)
{
    public static EnvelopedUser Of(Account account)
    {
        var space = account.Name.IndexOf(' ', StringComparison.Ordinal);
        var (first, last) = space < 0 ? (account.Name, "") : (account.Name[..space], account.Name[(space + 1)..].TrimStart());
        return new EnvelopedUser(account.Id, account.Email, account.Username, first, last, account.Name, "active", account.CreatedAt);
    }
}
