using Fotograma.Kernel.Hosting;

namespace Fotograma.Data;

/// <summary>How embedded databases behave.</summary>
public sealed class SqliteOptions : ICheckedOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sqlite";

    /// <summary>How long a writer waits for another one, in seconds (1 to 300).</summary>
    public int BusyTimeoutSeconds { get; set; } = 30;

    /// <summary>
    /// True makes every commit wait for the disk, so that what was accepted survives a power cut. False survives a killed process only.
    /// </summary>
    public bool SurvivePowerLoss { get; set; } = true;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (BusyTimeoutSeconds is < 1 or > 300) yield return "BusyTimeoutSeconds must lie between 1 and 300.";
    }
}
