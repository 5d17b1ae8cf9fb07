using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Kernel.Modules;

/// <summary>
/// What a module shows the process that hosts it: its name, its services and its routes, and nothing else.
/// Modules reach each other only by messages; which of them one process hosts is the operator's choice.
/// </summary>
public interface IModule
{
    /// <summary>The name that <c>--modules</c> and configuration use: lower-case, stable.</summary>
    static abstract string Name { get; }

    /// <summary>Registers the module's services, options and background work.</summary>
    static abstract void AddServices(IHostApplicationBuilder builder);

    /// <summary>Maps the module's HTTP routes. A module without any maps none.</summary>
    static abstract void MapRoutes(IEndpointRouteBuilder routes);
}
