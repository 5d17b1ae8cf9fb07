using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Kernel.Hosting;

/// <summary>One thing outside the process that <c>fotograma check-config</c> tries: more thoroughly than health does, and without anything else running.</summary>
/// <param name="Name">As in health, where there is a check of the same thing.</param>
/// <param name="TryAsync">Says in a few words what was found; throws when it cannot be used.</param>
public sealed record ConnectionTrial(string Name, Func<IServiceProvider, CancellationToken, Task<string>> TryAsync);

/// <summary>Registers what <c>fotograma check-config</c> tries.</summary>
public static class ConnectionTrials
{
    /// <summary>Adds a trial.</summary>
    public static void AddConnectionTrial(this IServiceCollection services, string name, Func<IServiceProvider, CancellationToken, Task<string>> trial) =>
        services.AddSingleton(new ConnectionTrial(name, trial));
}
