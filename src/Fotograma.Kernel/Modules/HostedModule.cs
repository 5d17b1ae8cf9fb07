using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Kernel.Modules;

/// <summary>One module as a value, so that a host can keep a list of them and pick by name.</summary>
public sealed class HostedModule
{
    private readonly Action<IHostApplicationBuilder> addServices;
    private readonly Action<IEndpointRouteBuilder> mapRoutes;

    private HostedModule(string name, Action<IHostApplicationBuilder> addServices, Action<IEndpointRouteBuilder> mapRoutes)
    {
        Name = name;
        this.addServices = addServices;
        this.mapRoutes = mapRoutes;
    }

    /// <summary>The module's name.</summary>
    public string Name { get; }

    /// <summary>Wraps the module type <typeparamref name="T"/>.</summary>
    public static HostedModule Of<T>() where T : IModule => new(T.Name, T.AddServices, T.MapRoutes);

    /// <summary>Registers the module's services.</summary>
    public void AddServices(IHostApplicationBuilder builder) => addServices(builder);

    /// <summary>Maps the module's routes.</summary>
    public void MapRoutes(IEndpointRouteBuilder routes) => mapRoutes(routes);
}
