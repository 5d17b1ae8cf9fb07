using Fotograma.Blobs.Drivers;
using Fotograma.Blobs.Drivers.Files;
using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Blobs;

/// <summary>Gives a process its <see cref="Bucket"/>.</summary>
public static class BlobRegistration
{
    /// <summary>Registers the bucket and the sweep of leftovers; harmless when repeated.</summary>
    public static void AddBlobs(this IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(Bucket))) return;
        var data = builder.AddChecked<DataOptions>(DataOptions.Section);
        var options = builder.AddChecked<BlobOptions>(BlobOptions.Section);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<Ids>();
        builder.Services.AddSingleton<IBlobDriver>(services => OpenFolder(
            options.Folder.Length > 0 ? Path.GetFullPath(options.Folder) : data.PathOf("blobs"), options.FreeBytesMin,
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<Ids>()));
        builder.Services.AddSingleton<Bucket>();
        builder.Services.AddHostedService<BlobSweep>();
    }

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
}
