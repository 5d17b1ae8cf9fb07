namespace Fotograma.Auth.Accounts;

/// <summary>An account as its owner sees it.</summary>
internal sealed record UserView(Guid Id, string Email, string? Username, string Name, string Language, DateTimeOffset CreatedAt)
{
    public static UserView Of(Account account) =>
        new(account.Id, account.Email, account.Username, account.Name, account.Language, account.CreatedAt);
}
