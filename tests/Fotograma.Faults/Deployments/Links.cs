using System.Collections.Concurrent;
using Fotograma.Peers.Faults;

namespace Fotograma.Faults.Deployments;

/// <summary>The connections between the processes and what they depend on; each goes through a proxy of its own that can be told to fail.</summary>
internal sealed class Links(int database, int broker) : IAsyncDisposable
{
    private static readonly TimeSpan LossInterval = TimeSpan.FromMilliseconds(1000);
    private readonly ConcurrentDictionary<string, FaultProxy> databases = new();
    private readonly FaultProxy broker = FaultProxy.To(broker);
    private CancellationTokenSource? losing;

    public int BrokerPort => broker.Port;

    /// <summary>Each process reaches the database on a way of its own, so that one can be cut off alone.</summary>
    public int DatabasePortOf(string process) => databases.GetOrAdd(process, _ => FaultProxy.To(database)).Port;

    public void Cut(Target target)
    {
        foreach (var proxy in Of(target)) proxy.CutAll();
    }

    public void Set(Target target, Fault fault)
    {
        foreach (var proxy in Of(target)) proxy.Fault = fault;
    }

    public void SetDatabaseOf(string process, Fault fault) => databases[process].Fault = fault;

    /// <summary>For so large a share of the time requests are executed and their answers lost, and with them the connection.</summary>
    public void LoseReplies(Target target, double share)
    {
        losing = new CancellationTokenSource();
        _ = LoseAsync(target, share, losing.Token);
    }

    public void Heal()
    {
        losing?.Cancel();
        losing?.Dispose();
        losing = null;
        foreach (var proxy in databases.Values.Append(broker)) proxy.Fault = Fault.None;
    }

    public async ValueTask DisposeAsync()
    {
        Heal();
        foreach (var proxy in databases.Values) await proxy.DisposeAsync();
        await broker.DisposeAsync();
    }

    private async Task LoseAsync(Target target, double share, CancellationToken end)
    {
        try
        {
            while (true)
            {
                await Task.Delay(LossInterval * (1 - share), end);
                Set(target, new Fault.LoseReplies(Cut: true));
                await Task.Delay(LossInterval * share, end);
                Set(target, Fault.None);
            }
        }
        catch (OperationCanceledException)
        {
            // The fault is over.
        }
    }

    private IEnumerable<FaultProxy> Of(Target target) => target == Target.Database ? databases.Values : [broker];
}

/// <summary>What processes depend on.</summary>
internal enum Target
{
    Database,
    Broker,
}
