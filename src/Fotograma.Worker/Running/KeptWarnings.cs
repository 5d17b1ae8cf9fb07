using System.Text.Json;
using Fotograma.Media.Faults;

namespace Fotograma.Worker.Running;

/// <summary>The warnings that are kept with a job.</summary>
internal static class KeptWarnings
{
    // Every change of a job is told with them. The manifest has all.
    private const int WarningsMax = 200;

    /// <summary>The first of them as a JSON array.</summary>
    public static string Of(IEnumerable<MediaWarning> warnings) =>
        JsonSerializer.Serialize(warnings.Take(WarningsMax).Select(warning => new { code = warning.Code, message = warning.Message, atSeconds = warning.AtSeconds }));
}
