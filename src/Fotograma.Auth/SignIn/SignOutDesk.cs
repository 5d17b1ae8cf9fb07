using System.Globalization;
using System.Security.Claims;
using Fotograma.Fleeting.Store;
using Fotograma.Kernel.Identity;

namespace Fotograma.Auth.SignIn;

/// <summary>Ends a session: the token that came with the request is good for nothing any more, wherever a copy of it lies.</summary>
internal sealed class SignOutDesk(FleetingMemory memory, TokenOptions tokens, TimeProvider clock)
{
    public async Task RevokeAsync(ClaimsPrincipal user, CancellationToken cancellation)
    {
        if (user.FindFirstValue("jti") is not { } id || !long.TryParse(user.FindFirstValue("exp"), CultureInfo.InvariantCulture, out var ends)) return;
        var left = DateTimeOffset.FromUnixTimeSeconds(ends) - clock.GetUtcNow() + TimeSpan.FromSeconds(tokens.ClockSkewSeconds);
        await memory.MarkAsync(TokenMarks.Of(id), left, cancellation);
    }
}
