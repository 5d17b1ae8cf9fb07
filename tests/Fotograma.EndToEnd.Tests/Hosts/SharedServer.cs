using Fotograma.EndToEnd.Tests.Hosts;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace Fotograma.EndToEnd.Tests.Hosts;

/// <summary>One server for all tests that do not disturb it; each test brings users of its own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private FotogramaServer? server;

    public FotogramaServer Server => server ?? throw new InvalidOperationException("The server is not started.");

    public async ValueTask InitializeAsync() => server = await FotogramaServer.StartAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
    }
}
