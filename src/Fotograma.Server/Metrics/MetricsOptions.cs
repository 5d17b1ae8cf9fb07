using Fotograma.Kernel.Hosting;

namespace Fotograma.Server.Metrics;

/// <summary>Where numbers about the process can be read.</summary>
internal sealed class MetricsOptions : ICheckedOptions
{
    public const string Section = "Metrics";

    /// <summary>An address with a port of its own, such as <c>http://127.0.0.1:9464</c>, that answers <c>/metrics</c> and <c>/health</c> and nothing else; none answers no metrics.</summary>
    public string? Url { get; set; }

    public int? Port => Address?.Port;

    // A server may listen on every address as * or +, which no address for callers can say.
    private Uri? Address =>
        Uri.TryCreate(Url?.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var url) ? url : null;

    public IEnumerable<string> Problems()
    {
        if (Url is null || Address is { Scheme: "http", Port: > 0, PathAndQuery: "/" }) yield break;
        yield return "Url must be an http address with a port, such as http://127.0.0.1:9464.";
    }
}
