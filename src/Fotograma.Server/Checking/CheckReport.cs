using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fotograma.Server.Checking;

/// <summary>What <c>check-config</c> found.</summary>
internal sealed record CheckReport(IReadOnlyList<string> Faults, IReadOnlyList<TrialResult> Connections)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public bool Works => Faults.Count == 0 && Connections.All(connection => connection.Works);

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    public string ToText()
    {
        var text = new StringBuilder();
        if (Faults.Count > 0)
        {
            text.AppendLine("Fotograma cannot start with this configuration:");
            foreach (var fault in Faults) text.AppendLine(CultureInfo.InvariantCulture, $"  {fault}");
            return text.ToString().TrimEnd();
        }
        text.AppendLine("The configuration has no faults.");
        var width = Connections.Select(connection => connection.Name.Length).DefaultIfEmpty().Max();
        foreach (var connection in Connections)
        {
            var verdict = connection.Works ? "works" : "FAILS";
            text.AppendLine(CultureInfo.InvariantCulture, $"  {verdict}  {connection.Name.PadRight(width)}  {connection.Detail} ({connection.Milliseconds} ms)");
        }
        return text.ToString().TrimEnd();
    }
}

/// <summary>What became of one trial.</summary>
internal sealed record TrialResult(string Name, bool Works, string Detail, long Milliseconds);
