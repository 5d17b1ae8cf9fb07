using Fotograma.Kernel.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Server.Proxies;

/// <summary>Lets the proxies that are named say who the caller is: limits count the caller's address, and cookies know that the caller came by HTTPS.</summary>
internal static class TrustedProxies
{
    public static void AddServices(IHostApplicationBuilder builder)
    {
        var options = builder.AddChecked<ProxyOptions>(ProxyOptions.Section);
        builder.Services.Configure<ForwardedHeadersOptions>(headers =>
        {
            headers.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            // Proxies may stand in a row; each that is trusted is stepped over, and the first that is not is the caller.
            headers.ForwardLimit = null;
            headers.KnownProxies.Clear();
            headers.KnownIPNetworks.Clear();
            foreach (var network in options.Networks) headers.KnownIPNetworks.Add(network);
        });
    }

    public static void Use(WebApplication app)
    {
        if (app.Services.GetRequiredService<ProxyOptions>().Names.Count > 0) app.UseForwardedHeaders();
    }
}
