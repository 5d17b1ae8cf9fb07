namespace Fotograma.Kernel.Identity;

/// <summary>
/// Says whether an access token was revoked before its end. Registered by whoever remembers revocations; without one no token is revoked. It answers fast and
/// without failing: where revocations cannot be looked up at the moment, the answer is no, because a token is short-lived and a page is needed now.
/// </summary>
/// <param name="tokenId">The token's <c>jti</c>.</param>
/// <param name="cancellation">Ends the question.</param>
public delegate Task<bool> RevokedTokens(string tokenId, CancellationToken cancellation);
