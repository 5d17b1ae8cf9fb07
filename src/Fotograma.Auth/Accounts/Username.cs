namespace Fotograma.Auth.Accounts;

/// <summary>A user name: 3 to 30 of <c>A-Z a-z 0-9 _ -</c>; never an e-mail address, so that one sign-in field can take either.</summary>
internal static class Username
{
    public const int CharactersMin = 3;
    public const int CharactersMax = 30;

    public static string? Parse(string text)
    {
        var name = text.Trim();
        return name.Length is >= CharactersMin and <= CharactersMax && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? name : null;
    }

    /// <summary>The form in which user names are compared.</summary>
    public static string Key(string name) => name.ToLowerInvariant();
}
