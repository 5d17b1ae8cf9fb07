using Fotograma.Auth.Tokens;
using Fotograma.Kernel.Identity;
using Microsoft.AspNetCore.Http;

namespace Fotograma.Auth.SignIn;

/// <summary>The browser's session: the access token in a cookie that scripts cannot read and other sites cannot send.</summary>
internal static class SessionCookie
{
    public static void Set(HttpContext context, AccessToken token)
    {
        var options = Options(context.Request);
        options.Expires = token.ExpiresAt;
        context.Response.Cookies.Append(TokenVerification.CookieName(context.Request), token.Text, options);
    }

    public static void Clear(HttpContext context) =>
        context.Response.Cookies.Delete(TokenVerification.CookieName(context.Request), Options(context.Request));

    private static CookieOptions Options(HttpRequest request) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = request.IsHttps,
        Path = "/",
        IsEssential = true,
    };
}
