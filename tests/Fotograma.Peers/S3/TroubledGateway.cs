using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Peers.S3;

/// <summary>What becomes of a request.</summary>
public enum Trouble
{
    /// <summary>Answered with 500, unseen by the store.</summary>
    InternalError,

    /// <summary>Answered with 503 SlowDown, unseen by the store.</summary>
    SlowDown,

    /// <summary>Never answered, unseen by the store.</summary>
    Silence,

    /// <summary>Executed; the answer is lost with the connection.</summary>
    LostReply,

    /// <summary>Executed; never answered, on a connection that stays open.</summary>
    SilentReply,

    /// <summary>Executed; answered with a 500 all the same.</summary>
    ExecutedButFailed,

    /// <summary>Answered; after half of the body the connection is cut.</summary>
    HalfBody,

    /// <summary>Answered; after half of the body nothing more comes.</summary>
    SilentBody,

    /// <summary>Answered as a store does whose quota is used up, unseen by the store.</summary>
    Full,

    /// <summary>Answered with 501, as a store does that knows no conditions.</summary>
    NotImplemented,
}

/// <summary>A gateway in front of the gateway that does to chosen requests what networks and stores do.</summary>
public sealed class TroubledGateway : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> seen = new();
    private readonly List<Rule> rules = [];
    private readonly HttpClient upstream;
    private readonly WebApplication app;

    private int troubled;

    private TroubledGateway(Uri target, WebApplication app)
    {
        this.app = app;
        upstream = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = target, Timeout = Timeout.InfiniteTimeSpan };
        app.Run(HandleAsync);
    }

    /// <summary>Its address.</summary>
    public string Endpoint => app.Urls.First();

    /// <summary>Methods and queries of all requests so far.</summary>
    public IReadOnlyCollection<string> Seen => seen;

    /// <summary>Requests that met with trouble.</summary>
    public int Troubled => Volatile.Read(ref troubled);

    /// <summary>Starts one in front of the gateway at <paramref name="target"/>, on a loopback port of its own.</summary>
    public static async Task<TroubledGateway> StartAsync(string target)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.AllowSynchronousIO = false;
        });
        var gateway = new TroubledGateway(new Uri(target), builder.Build());
        await gateway.app.StartAsync();
        return gateway;
    }

    /// <summary>Lets the next requests that fit meet with trouble.</summary>
    public TroubledGateway Make(Trouble trouble, Func<HttpRequest, bool> fits, int times = 1)
    {
        lock (rules) rules.Add(new Rule(trouble, fits) { Left = times });
        return this;
    }

    /// <summary>Lets every request pass again.</summary>
    public void Heal()
    {
        lock (rules) rules.Clear();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
        upstream.Dispose();
    }

    private Trouble? TroubleFor(HttpRequest request)
    {
        lock (rules)
        {
            if (rules.Find(rule => rule.Left > 0 && rule.Fits(request)) is not { } rule) return null;
            rule.Left--;
            troubled++;
            return rule.Trouble;
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        seen.Enqueue($"{context.Request.Method} {context.Request.QueryString}");
        switch (TroubleFor(context.Request))
        {
            case Trouble.InternalError:
                await RefuseAsync(context, 500, "InternalError");
                return;
            case Trouble.SlowDown:
                await RefuseAsync(context, 503, "SlowDown");
                return;
            case Trouble.Full:
                await RefuseAsync(context, 403, "QuotaExceeded");
                return;
            case Trouble.NotImplemented:
                await RefuseAsync(context, 501, "NotImplemented");
                return;
            case Trouble.Silence:
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            case { } after:
                await PassAsync(context, after);
                return;
            default:
                await PassAsync(context, null);
                return;
        }
    }

    // A store that is away answers nothing, not even that it failed.
    private async Task PassAsync(HttpContext context, Trouble? trouble)
    {
        try
        {
            await ForwardAsync(context, trouble);
        }
        catch (HttpRequestException)
        {
            context.Abort();
        }
    }

    private async Task ForwardAsync(HttpContext context, Trouble? trouble)
    {
        using var answer = await upstream.SendAsync(Copy(context.Request), HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        if (trouble == Trouble.LostReply)
        {
            context.Abort();
            return;
        }
        if (trouble == Trouble.SilentReply)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
        if (trouble == Trouble.ExecutedButFailed)
        {
            await RefuseAsync(context, 500, "InternalError");
            return;
        }
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (name is not ("Transfer-Encoding" or "Connection" or "Keep-Alive")) context.Response.Headers[name] = values.ToArray();
        }
        if (trouble is null)
        {
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
            return;
        }
        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (trouble == Trouble.SilentBody) await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Abort();
    }

    private static async Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>As asked for.</Message></Error>");
    }

    // The host is part of the signature and passes as it came.
    private static HttpRequestMessage Copy(HttpRequest request)
    {
        var copy = new HttpRequestMessage(new HttpMethod(request.Method), $"{request.Path.ToUriComponent()}{request.QueryString}");
        if (request.ContentLength is not null || request.Headers.TransferEncoding.Count > 0) copy.Content = new StreamContent(request.Body);
        foreach (var (name, values) in request.Headers)
        {
            if (name is "Connection" or "Expect" or "Transfer-Encoding") continue;
            if (!copy.Headers.TryAddWithoutValidation(name, values.ToArray())) copy.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        }
        return copy;
    }

    private sealed class Rule(Trouble trouble, Func<HttpRequest, bool> fits)
    {
        public Trouble Trouble => trouble;

        public Func<HttpRequest, bool> Fits => fits;

        public int Left { get; set; }
    }
}
