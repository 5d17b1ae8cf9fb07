namespace Fotograma.Fleeting.Store;

/// <summary>How access tokens that were revoked are remembered.</summary>
public static class TokenMarks
{
    /// <summary>The mark of a token.</summary>
    /// <param name="tokenId">Its <c>jti</c>.</param>
    public static string Of(string tokenId) => $"token.{tokenId}";
}
