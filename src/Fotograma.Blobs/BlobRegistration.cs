using Fotograma.Blobs.Drivers;
using Fotograma.Blobs.Drivers.Files;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Blobs;

/// <summary>Gives a process its <see cref="Bucket"/>.</summary>
public static class BlobRegistration
{
    /// <summary>Registers the bucket, on the driver that <c>Blobs:Driver</c> names, with its sweep of leftovers and its health; harmless when repeated.</summary>
    public static void AddBlobs(this IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(Bucket))) return;
        var options = builder.AddChecked<BlobOptions>(BlobOptions.Section);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<Ids>();
        AddDriver(builder, options);
        builder.Services.AddSingleton<Bucket>();
        builder.Services.AddHostedService<BlobSweep>();
        builder.Services.AddHealthChecks().AddCheck<BlobHealth>("blobs");
        if (options.Driver != BlobOptions.Files) builder.Services.AddConnectionTrial("blobs", (services, cancellation) => TryAsync(services, options.Driver, cancellation));
        builder.Services.AddSingleton(new ErrorMeaning(exception => exception is BlobStoreUnavailableException ? ErrorCatalogue.StorageUnavailable : null));
    }

    /// <summary>Lets <c>Blobs:Driver</c> name one more driver. Called before the modules are added.</summary>
    public static void OfferBlobDriver(this IHostApplicationBuilder builder, BlobDriverOffer offer) => builder.Services.AddSingleton(offer);

    /// <summary>Opens the file driver on a folder, for programs and tests without a host. Dispose it to leave no trace of an unfinished writer.</summary>
    /// <param name="folder">The folder; made when missing.</param>
    /// <param name="freeBytesMin">Bytes that must stay free on its disk.</param>
    /// <param name="clock">The time.</param>
    /// <param name="ids">Names for unfinished blobs.</param>
    public static IBlobDriver OpenFolder(string folder, long freeBytesMin, TimeProvider clock, Ids ids)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        Directory.CreateDirectory(root);
        return new FileBlobDriver(root, FreeSpace.Under(root, freeBytesMin), clock, ids);
    }

    private static async Task<string> TryAsync(IServiceProvider services, string driver, CancellationToken cancellation)
    {
        var bucket = services.GetRequiredService<Bucket>();
        await bucket.PingAsync(cancellation);
        var key = $"trials/{services.GetRequiredService<Ids>().New()}";
        await using (var writer = await bucket.CreateAsync(key, cancellation))
        {
            await writer.WriteAsync("A trial."u8.ToArray(), cancellation);
            await writer.CommitAsync(cancellation);
        }
        await bucket.DeleteAsync(key, cancellation);
        return $"{driver}: written and deleted";
    }

    private static void AddDriver(IHostApplicationBuilder builder, BlobOptions options)
    {
        var offers = builder.Services.Select(service => service.ImplementationInstance).OfType<BlobDriverOffer>().ToList();
        if (options.Driver == BlobOptions.Files) AddFolder(builder, options);
        else if (offers.Find(offer => offer.Name == options.Driver) is { } chosen) chosen.Register(builder);
        else builder.Services.AddConfigurationFault($"{BlobOptions.Section}: Driver must be one of {string.Join(", ", offers.Select(offer => offer.Name).Prepend(BlobOptions.Files))}.");
    }

    private static void AddFolder(IHostApplicationBuilder builder, BlobOptions options)
    {
        if (options.RedirectDownloads)
            builder.Services.AddConfigurationFault($"{BlobOptions.Section}: RedirectDownloads needs a driver that signs addresses; {BlobOptions.Files} does not.");
        var data = builder.AddChecked<DataOptions>(DataOptions.Section);
        var folder = options.Folder.Length > 0 ? Path.GetFullPath(options.Folder) : data.PathOf("blobs");
        builder.Services.AddSingleton(services => OpenFolder(
            folder, options.FreeBytesMin, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<Ids>()));
        builder.Services.AddConnectionTrial("blobs", (services, _) =>
            Task.FromResult(FolderTrial.Run(folder, options.FreeBytesMin, services.GetRequiredService<Ids>().New().ToString("N"))));
    }
}
