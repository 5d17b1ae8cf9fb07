using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Fotograma.Kernel.Identity;

/// <summary>
/// Verifies access tokens locally: ES256 only, by the published keys, from the Authorization header or from the session cookie. A change that
/// comes with the cookie must carry <see cref="RequestHeader"/>, which a foreign page cannot send without being asked first. Where <see cref="RevokedTokens"/>
/// is registered it is asked about every token that is otherwise good.
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
    private const string KeysMissing = "fotograma.keys_missing";
    private const string Bearer = "Bearer ";

    /// <summary>The cookie's name for a request.</summary>
    public static string CookieName(HttpRequest request) => request.IsHttps ? SecureSessionCookie : SessionCookie;

    /// <summary>Registers verification for every module of the process.</summary>
    public static void AddTokenVerification(this IHostApplicationBuilder builder)
    {
        var tokens = builder.AddChecked<TokenOptions>(TokenOptions.Section);
        builder.AddChecked<DataOptions>(DataOptions.Section);
        if (tokens.JwksUrl is not null)
        {
            builder.AddLink(
                KeySource.LinkName, "The auth module's set of keys", "by HTTP", "tokens signed with a key that is not known here yet are answered with 503");
            builder.Services.AddConnectionTrial(KeySource.LinkName, (services, _) => services.GetRequiredService<KeySource>().TryAsync());
        }
        builder.Services.AddSingleton<KeySource>();
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<KeyRing, TimeProvider>((options, ring, clock) =>
        {
            options.MapInboundClaims = false;
            options.TimeProvider = clock;
            options.TokenValidationParameters = Parameters(tokens, ring, clock);
            options.Events = new JwtBearerEvents
            {
                OnMessageReceived = context => TakeAsync(context, ring), OnTokenValidated = RefuseRevokedAsync, OnChallenge = AnswerWithoutKeysAsync,
            };
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

    private static async Task TakeAsync(MessageReceivedContext context, KeyRing ring)
    {
        string? token = context.Request.Headers.Authorization;
        if (token is not null)
        {
            token = token.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? token[Bearer.Length..].Trim() : null;
        }
        else if (context.Request.Cookies.TryGetValue(CookieName(context.Request), out var cookie) && cookie.Length > 0)
        {
            context.Token = token = cookie;
            context.HttpContext.Items[ByCookie] = true;
        }
        if (token is not null && KeyIdOf(token) is { } keyId && !await ring.EnsureAsync(keyId, context.HttpContext.RequestAborted))
            context.HttpContext.Items[KeysMissing] = true;
    }

    private static string? KeyIdOf(string token)
    {
        try
        {
            return new JsonWebToken(token).Kid;
        }
        catch (ArgumentException)
        {
            // Not a token at all; the verification says so.
            return null;
        }
    }

    private static async Task RefuseRevokedAsync(TokenValidatedContext context)
    {
        if (context.HttpContext.RequestServices.GetService<RevokedTokens>() is not { } revoked || context.Principal?.FindFirst("jti")?.Value is not { } id) return;
        if (await revoked(id, context.HttpContext.RequestAborted)) context.Fail("The token was revoked.");
    }

    // Whether the token is good is not known, and 401 would sign people out who are signed in.
    private static async Task AnswerWithoutKeysAsync(JwtBearerChallengeContext context)
    {
        if (!context.HttpContext.Items.ContainsKey(KeysMissing)) return;
        context.HandleResponse();
        context.Response.Headers.RetryAfter = ProblemAnswers.RetryAfterSeconds;
        await ErrorCatalogue.Unavailable.Problem("The keys that tokens are checked with cannot be had at the moment.").ExecuteAsync(context.HttpContext);
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
