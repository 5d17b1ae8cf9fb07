using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Blobs.Tests;

public sealed class BlobRegistrationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fotograma-blobs-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Host_keeps_blobs_in_the_data_folder_and_sweeps_it_at_start()
    {
        var orphan = Directory.CreateDirectory(Path.Combine(folder, "blobs", ".tmp", "0123"));
        await File.WriteAllBytesAsync(Path.Combine(orphan.FullName, "1"), [1], TestContext.Current.CancellationToken);
        using var swept = new FileSystemWatcher(orphan.Parent!.FullName);
        var gone = new TaskCompletionSource();
        swept.Deleted += (_, _) => gone.TrySetResult();
        swept.EnableRaisingEvents = true;
        var host = Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        try
        {
            await gone.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            var bucket = host.Services.GetRequiredService<Bucket>();
            await using (var writer = await bucket.CreateAsync("a", TestContext.Current.CancellationToken)) await writer.CommitAsync(TestContext.Current.CancellationToken);
            File.Exists(Path.Combine(folder, "blobs", "a")).ShouldBeTrue();
        }
        finally
        {
            await host.StopAsync(TestContext.Current.CancellationToken);
            host.Dispose();
        }
        Directory.GetFileSystemEntries(Path.Combine(folder, "blobs", ".tmp")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Blobs:FreeBytesMin", "-1")]
    [InlineData("Blobs:SweepMinutes", "0")]
    [InlineData("Blobs:Fodler", "typo")]
    public void Wrong_setting_is_reported(string key, string value)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { [key] = value });
        builder.AddBlobs();
        builder.Services.ConfigurationFaults().ShouldHaveSingleItem().ShouldContain(key.Split(':')[1]);
    }

    private IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Data:Folder"] = folder, ["Blobs:FreeBytesMin"] = "0" });
        builder.AddBlobs();
        builder.AddBlobs();
        return builder.Build();
    }
}
