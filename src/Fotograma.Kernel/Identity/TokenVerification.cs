using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.IdentityModel.Tokens;

namespace Fotograma.Kernel.Identity;

/// <summary>
/// Verifies access tokens locally: ES256 only, by the published keys, from the Authorization header or from the session cookie. A change that
/// comes with the cookie must carry <see cref="RequestHeader"/>, which a foreign page cannot send without being asked first.
/// </summary>
public static class TokenVerification
{
    /// <summary>Name of the session cookie over plain HTTP.</summary>
    public const string SessionCookie = "fotograma_session";

    /// <summary>Name of the session cookie over HTTPS: browsers then hold it to this host.</summary>
    public const string SecureSessionCookie = "__Host-fotograma_session";

    /// <summary>The header that requests with the cookie must carry when they change something.</summary>
    public const string RequestHeader = "X-Fotograma-Request";

    private const string ByCookie = "fotograma.token_from_cookie";

    /// <summary>The cookie's name for a request.</summary>
    public static string CookieName(HttpRequest request) => request.IsHttps ? SecureSessionCookie : SessionCookie;

    /// <summary>Registers verification for every module of the process.</summary>
    public static void AddTokenVerification(this IHostApplicationBuilder builder)
    {
        var tokens = builder.AddChecked<TokenOptions>(TokenOptions.Section);
        builder.AddChecked<DataOptions>(DataOptions.Section);
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<KeyRing, TimeProvider>((options, ring, clock) =>
        {
            options.MapInboundClaims = false;
            options.TimeProvider = clock;
            options.TokenValidationParameters = Parameters(tokens, ring, clock);
            options.Events = new JwtBearerEvents { OnMessageReceived = TakeFromCookie };
        });
        builder.Services.AddAuthorization();
    }

    /// <summary>Authenticates, refuses cross-site changes and authorises.</summary>
    public static IApplicationBuilder UseTokenVerification(this IApplicationBuilder app) =>
        app.UseAuthentication().Use(RefuseCrossSiteChangesAsync).UseAuthorization();

    private static TokenValidationParameters Parameters(TokenOptions tokens, KeyRing ring, TimeProvider clock) => new()
    {
        ValidIssuer = tokens.Issuer,
        ValidAudience = tokens.Audience,
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        ValidTypes = ["at+jwt"],
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        ClockSkew = TimeSpan.FromSeconds(tokens.ClockSkewSeconds),
        LifetimeValidator = (from, to, _, parameters) =>
        {
            var now = clock.GetUtcNow().UtcDateTime;
            return to is { } end && now <= end + parameters.ClockSkew && (from is not { } start || now >= start - parameters.ClockSkew);
        },
        IssuerSigningKeyResolver = (_, _, keyId, _) => ring.Find(keyId),
        NameClaimType = "name",
    };

    private static Task TakeFromCookie(MessageReceivedContext context)
    {
        if (context.Request.Headers.Authorization.Count > 0) return Task.CompletedTask;
        if (context.Request.Cookies.TryGetValue(CookieName(context.Request), out var token) && token.Length > 0)
        {
            context.Token = token;
            context.HttpContext.Items[ByCookie] = true;
        }
        return Task.CompletedTask;
    }

    private static async Task RefuseCrossSiteChangesAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var changes = !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method));
        if (changes && context.Items.ContainsKey(ByCookie) && !request.Headers.ContainsKey(RequestHeader))
        {
            await ErrorCatalogue.CrossSite.Problem().ExecuteAsync(context);
            return;
        }
        await next(context);
    }
}
