using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Modules;
using Fotograma.Web.Pages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Web;

/// <summary>Serves the built user interface. Its pages use the public API like any other client.</summary>
public sealed class WebModule : IModule
{
    /// <inheritdoc/>
    public static string Name => "web";

    /// <inheritdoc/>
    public static void AddServices(IHostApplicationBuilder builder)
    {
        builder.AddChecked<WebOptions>(WebOptions.Section);
        builder.Services.AddSingleton<BuiltUi>();
    }

    /// <inheritdoc/>
    public static void MapRoutes(IEndpointRouteBuilder routes) => PageRoute.Map(routes);
}
