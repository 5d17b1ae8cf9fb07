using Fotograma.Peers.Processes;

namespace Fotograma.Peers.S3;

/// <summary>One S3 gateway of a cluster. It holds nothing itself: after a kill and a restart everything is there again.</summary>
public sealed class S3Gateway : IAsyncDisposable
{
    private const int SegmentationFault = 139;
    private const int StartsMax = 3;
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);
    private readonly string configuration;
    private ServerProcess process;

    private S3Gateway(string configuration, int port)
    {
        this.configuration = configuration;
        Port = port;
        process = Launch();
    }

    /// <summary>Its loopback port.</summary>
    public int Port { get; }

    /// <summary>Its address.</summary>
    public string Endpoint => $"http://127.0.0.1:{Port}";

    /// <summary>Kills it.</summary>
    public Task KillAsync() => process.KillAsync();

    /// <summary>Stops it in order.</summary>
    public Task StopAsync() => process.StopAsync();

    /// <summary>Freezes it: connections stay open and nothing answers.</summary>
    public void Freeze() => process.Freeze();

    /// <summary>Lets it go on.</summary>
    public void Thaw() => process.Thaw();

    /// <summary>Starts it again on the same port.</summary>
    public async Task RestartAsync()
    {
        await process.DisposeAsync();
        process = Launch();
        await ServeAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => process.DisposeAsync();

    internal static async Task<S3Gateway> StartAsync(string configuration)
    {
        var gateway = new S3Gateway(configuration, FreePort.Next());
        await gateway.ServeAsync();
        return gateway;
    }

    private ServerProcess Launch() => ServerProcess.Start(new ServerCommand(
        "radosgw", "-f", "-c", configuration, "-n", "client.admin", $"--rgw_frontends=beast endpoint=127.0.0.1:{Port}"));

    // radosgw's threads can begin before it is set up, and it then dies of it (signal 11): nothing that a test is about.
    private async Task ServeAsync()
    {
        for (var start = 1; ; start++)
        {
            try
            {
                await WaitAsync();
                return;
            }
            catch (InvalidOperationException) when (process is { HasExited: true, ExitCode: SegmentationFault } && start < StartsMax)
            {
                await process.DisposeAsync();
                process = Launch();
            }
        }
    }

    private async Task WaitAsync()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await process.WaitUntilAsync("answers", () => AnswersAsync(client), ReadyWithin);
    }

    private async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(Endpoint));
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
