using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fotograma.EndToEnd.Tests.Deployments;

/// <summary>
/// One address in front of several processes, as an ingress is: it passes requests on by their path and holds nothing back, so that live events come at once.
/// </summary>
internal sealed class Origin : IAsyncDisposable
{
    // Of one hop only (RFC 9110, section 7.6.1).
    private static readonly HashSet<string> Hop = new(StringComparer.OrdinalIgnoreCase) { "Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Host", "Content-Length" };
    private readonly HttpMessageInvoker invoker = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
    private readonly WebApplication app;
    private readonly Func<string, Uri> route;

    private Origin(WebApplication app, Func<string, Uri> route) => (this.app, this.route) = (app, route);

    public Uri Address => new(app.Urls.Single());

    /// <summary>Starts it; <paramref name="route"/> says where a path leads.</summary>
    public static async Task<Origin> StartAsync(Func<string, Uri> route, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        var origin = new Origin(app, route);
        app.Run(origin.PassOnAsync);
        await app.StartAsync(cancellation);
        return origin;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        invoker.Dispose();
    }

    private async Task PassOnAsync(HttpContext context)
    {
        var request = context.Request;
        using var onward = new HttpRequestMessage(HttpMethod.Parse(request.Method), new Uri(route(request.Path), request.Path.ToUriComponent() + request.QueryString.ToUriComponent()));
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            onward.Content = new StreamContent(request.Body);
            onward.Content.Headers.ContentLength = request.ContentLength;
        }
        foreach (var (name, values) in request.Headers.Where(header => !Hop.Contains(header.Key)))
        {
            if (!onward.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values)) onward.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
        onward.Headers.TryAddWithoutValidation("X-Forwarded-For", context.Connection.RemoteIpAddress?.ToString());
        try
        {
            using var answer = await invoker.SendAsync(onward, context.RequestAborted);
            await AnswerAsync(answer, context);
        }
        catch (HttpRequestException) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = (int)HttpStatusCode.BadGateway;
        }
    }

    private static async Task AnswerAsync(HttpResponseMessage answer, HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key == "Content-Length" || !Hop.Contains(header.Key)))
            response.Headers[name] = values.ToArray();
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await response.StartAsync(context.RequestAborted);
        await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        var buffer = new byte[64 * 1024];
        while (await body.ReadAsync(buffer, context.RequestAborted) is var read and > 0)
        {
            await response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
