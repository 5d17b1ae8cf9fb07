using Fotograma.Blobs.Drivers;
using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Blobs.S3;

/// <summary>Brings the driver <c>s3</c> along.</summary>
public static class S3Registration
{
    /// <summary>The driver's name in <c>Blobs:Driver</c>.</summary>
    public const string Name = "s3";

    /// <summary>Lets <c>Blobs:Driver</c> say <c>s3</c>. Called before the modules are added; the section <c>S3</c> is read only where it does.</summary>
    public static void AddS3Blobs(this IHostApplicationBuilder builder) => builder.OfferBlobDriver(new BlobDriverOffer(Name, Register));

    /// <summary>Opens the driver for programs and tests without a host. Dispose it to leave no trace of what is unfinished.</summary>
    /// <param name="options">The settings; <see cref="S3Options.ScratchFolder"/> must be set.</param>
    /// <param name="clock">The time.</param>
    /// <param name="ids">Names for writers and local copies.</param>
    /// <param name="chance">Shortens the pauses between tries.</param>
    /// <param name="logs">Where it says what it does.</param>
    public static IBlobDriver OpenStore(S3Options options, TimeProvider clock, Ids ids, Random chance, ILoggerFactory logs) =>
        new S3BlobDriver(options, new S3Calls(options, clock, chance, logs.CreateLogger<S3Calls>()), clock, ids, logs.CreateLogger<S3BlobDriver>());

    private static void Register(IHostApplicationBuilder builder)
    {
        var options = builder.AddChecked<S3Options>(S3Options.Section);
        var data = builder.AddChecked<DataOptions>(DataOptions.Section);
        if (options.ScratchFolder.Length == 0) options.ScratchFolder = data.PathOf("scratch");
        builder.Services.AddSingleton(services => OpenStore(
            options, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<Ids>(), new Random(), services.GetRequiredService<ILoggerFactory>()));
    }
}
