using System.Collections.Concurrent;
using Fotograma.Peers.Faults;

namespace Fotograma.Faults.Deployments;

/// <summary>The connections between the processes and what they depend on; each goes through a proxy of its own that can be told to fail.</summary>
internal sealed class Links(int database, int? broker, int api) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, FaultProxy> databases = new();
    private readonly FaultProxy? broker = broker is { } port ? FaultProxy.To(port) : null;

    /// <summary>The way of the people to the API, where it matters.</summary>
    public FaultProxy Api { get; } = FaultProxy.To(api);

    public int BrokerPort => broker?.Port ?? 0;

    /// <summary>Each process reaches the database on a way of its own, so that one can be cut off alone.</summary>
    public int DatabasePortOf(string process) => databases.GetOrAdd(process, _ => FaultProxy.To(database)).Port;

    /// <summary>How often a fault did something to what passes on the way to a target: delayed or lost it, cut a connection or let none in.</summary>
    public int Struck(Target target) => Of(target).Sum(proxy => proxy.Struck);

    /// <summary>Cuts every connection.</summary>
    public void Cut(Target target)
    {
        foreach (var proxy in Of(target)) proxy.CutAll();
    }

    public void Set(Target target, Fault fault)
    {
        foreach (var proxy in Of(target)) proxy.Fault = fault;
    }

    public void SetDatabaseOf(string process, Fault fault) => databases[process].Fault = fault;

    /// <summary>Cuts one connection to the database: the one that it knows by this port.</summary>
    public bool CutDatabaseFrom(int port) => databases.Values.Any(proxy => proxy.CutFrom(port));

    /// <summary>
    /// Requests are executed, and so large a share of the answers is lost, and with each the connection: at once, or, in silence, when whoever waits for the answer loses patience.
    /// </summary>
    public void LoseReplies(Target target, double share, Random chance, bool inSilence = false) => Set(target, new Fault.LoseReplies(Cut: !inSilence) { Share = share, Chance = chance });

    public void Heal()
    {
        foreach (var proxy in databases.Values.Concat(Of(Target.Broker)).Append(Api)) proxy.Fault = Fault.None;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in databases.Values.Concat(Of(Target.Broker)).Append(Api)) await proxy.DisposeAsync();
    }

    private IEnumerable<FaultProxy> Of(Target target) => target == Target.Database ? databases.Values : broker is null ? [] : [broker];
}

/// <summary>What processes depend on.</summary>
internal enum Target
{
    Database,
    Broker,
}
