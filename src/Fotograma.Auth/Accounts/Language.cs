namespace Fotograma.Auth.Accounts;

/// <summary>The languages Fotograma speaks.</summary>
internal static class Language
{
    public const string Default = "pt-BR";
    private static readonly string[] Known = ["pt-BR", "en", "es"];

    public static string? Parse(string text) => Known.FirstOrDefault(known => known.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase));
}
