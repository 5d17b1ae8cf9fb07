using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Fotograma.Kernel.Http;

/// <summary>
/// Headers that every answer of the process carries. What is not a page of the user interface may load nothing and run nothing: should a stranger's bytes ever be
/// shown by a browser as a document, it is an empty box.
/// </summary>
public static class SecurityHeaders
{
    /// <summary>What pages of the user interface may load: their own files and nothing else, no inline code, no frames.</summary>
    public const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; "
        + "media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

    /// <summary>What everything else may load: nothing.</summary>
    public const string DataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

    private const string PermissionsPolicy = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()";
    private const string TransportSecurity = "max-age=31536000";

    /// <summary>Adds the headers; call first, so that answers to failures carry them too.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // At the last moment: handlers of failures clear what was set before.
        context.Response.OnStarting(Add, context);
        return next(context);
    });

    /// <summary>Marks an answer as a part of the user interface.</summary>
    public static void AllowPage(HttpResponse response) => response.Headers.ContentSecurityPolicy = PagePolicy;

    private static Task Add(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = PermissionsPolicy;
        if (headers.ContentSecurityPolicy.Count == 0) headers.ContentSecurityPolicy = DataPolicy;
        if (context.Request.IsHttps) headers.StrictTransportSecurity = TransportSecurity;
        return Task.CompletedTask;
    }
}
