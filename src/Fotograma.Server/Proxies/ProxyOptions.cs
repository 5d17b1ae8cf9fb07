using System.Net;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Server.Proxies;

/// <summary>Which proxies stand in front.</summary>
internal sealed class ProxyOptions : ICheckedOptions
{
    public const string Section = "Proxy";

    /// <summary>
    /// Networks and addresses of proxies, separated by commas, such as <c>10.0.0.0/8,::1</c>. What they say in <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> about the
    /// caller is believed; what anybody else says is not.
    /// </summary>
    public string Trusted { get; set; } = "";

    public IReadOnlyList<string> Names => Trusted.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public IEnumerable<IPNetwork> Networks => Names.Select(Parse).OfType<IPNetwork>();

    public IEnumerable<string> Problems() => Names.Where(name => Parse(name) is null).Select(name => $"Trusted: {name} is neither a network such as 10.0.0.0/8 nor an address.");

    private static IPNetwork? Parse(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        return IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
    }
}
