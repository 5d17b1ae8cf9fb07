using System.Diagnostics.Metrics;

namespace Fotograma.Kernel.Hosting;

/// <summary>Where the product's own instruments are. Their names are public and listed in the guide to operating.</summary>
public static class Meters
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Fotograma";

    /// <summary>The meter; one for each host.</summary>
    public static Meter Fotograma(this IMeterFactory meters) => meters.Create(Name);
}
