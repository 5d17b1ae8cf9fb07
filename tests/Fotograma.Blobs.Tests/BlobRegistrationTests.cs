using System.Globalization;
using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
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
    [InlineData("Blobs:SweepSeconds", "0")]
    [InlineData("Blobs:Fodler", "typo")]
    [InlineData("Blobs:Driver", "tape")]
    [InlineData("Blobs:RedirectDownloads", "true")]
    [InlineData("Blobs:RedirectSeconds", "9")]
    public void Wrong_setting_is_reported(string key, string value)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { [key] = value });
        builder.AddBlobs();
        builder.Services.ConfigurationFaults().ShouldHaveSingleItem().ShouldContain(key.Split(':')[1]);
    }

    [Fact]
    public void Driver_that_is_offered_is_registered_where_it_is_named()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Blobs:Driver"] = "other" });
        var registered = 0;
        builder.OfferBlobDriver(new BlobDriverOffer("another", _ => Assert.Fail("It was not asked for.")));
        builder.OfferBlobDriver(new BlobDriverOffer("other", _ => registered++));
        builder.AddBlobs();
        builder.AddBlobs();
        registered.ShouldBe(1);
        builder.Services.ConfigurationFaults().ShouldBeEmpty();
    }

    [Fact]
    public async Task Health_says_when_the_folder_is_gone_or_full()
    {
        using var host = Build();
        var health = host.Services.GetRequiredService<HealthCheckService>();
        (await StatusAsync(health)).ShouldBe(HealthStatus.Healthy);
        Directory.Delete(Path.Combine(folder, "blobs"), recursive: true);
        (await StatusAsync(health)).ShouldBe(HealthStatus.Unhealthy);
        using var full = Build(freeBytesMin: long.MaxValue);
        (await StatusAsync(full.Services.GetRequiredService<HealthCheckService>())).ShouldBe(HealthStatus.Degraded);
    }

    private static async Task<HealthStatus> StatusAsync(HealthCheckService health) =>
        (await health.CheckHealthAsync(TestContext.Current.CancellationToken)).Entries["blobs"].Status;

    private IHost Build(long freeBytesMin = 0)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Data:Folder"] = folder, ["Blobs:FreeBytesMin"] = freeBytesMin.ToString(CultureInfo.InvariantCulture) });
        builder.AddBlobs();
        builder.AddBlobs();
        return builder.Build();
    }
}
