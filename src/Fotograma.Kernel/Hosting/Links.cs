using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Kernel.Hosting;

/// <summary>Registers connections that a process can do without for a while.</summary>
public static class Links
{
    /// <summary>Registers a <see cref="Link"/> under the key <paramref name="name"/>, and a health check of that name that says how it is.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="name">The name in health.</param>
    /// <param name="what">See <see cref="Link"/>.</param>
    /// <param name="working">See <see cref="Link"/>.</param>
    /// <param name="without">See <see cref="Link"/>.</param>
    public static void AddLink(this IHostApplicationBuilder builder, string name, string what, string working, string without)
    {
        builder.Services.AddKeyedSingleton(name, (services, _) => new Link(what, working, without, services.GetRequiredService<ILogger<Link>>()));
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            name, services => new LinkHealth(services.GetRequiredKeyedService<Link>(name)), failureStatus: null, tags: null));
    }

    private sealed class LinkHealth(Link link) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(link.Health());
    }
}
