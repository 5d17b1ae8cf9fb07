namespace Fotograma.Auth.Accounts;

/// <summary>How a person wants to be called: any text of one line.</summary>
internal static class PersonName
{
    public const int CharactersMax = 100;

    public static string? Parse(string text)
    {
        var name = text.Trim();
        return name.Length is > 0 and <= CharactersMax && !name.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029') ? name : null;
    }
}
