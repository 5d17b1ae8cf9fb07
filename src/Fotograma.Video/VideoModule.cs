using Fotograma.Blobs;
using Fotograma.Fleeting;
using Fotograma.Jobs;
using Fotograma.Jobs.Leases;
using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Modules;
using Fotograma.Messages;
using Fotograma.Messaging;
using Fotograma.Video.Cleanup;
using Fotograma.Video.Downloads;
using Fotograma.Video.Jobs;
using Fotograma.Video.Live;
using Fotograma.Video.Uploads;
using Fotograma.Video.Videos;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Video;

/// <summary>ms-video: takes uploads in, keeps the catalogue, shows progress live, serves results, and cleans up.</summary>
public sealed class VideoModule : IModule
{
    /// <inheritdoc/>
    public static string Name => "video";

    /// <inheritdoc/>
    public static void AddServices(IHostApplicationBuilder builder)
    {
        builder.AddChecked<UploadOptions>(UploadOptions.Section);
        builder.AddChecked<CleanupOptions>(CleanupOptions.Section);
        builder.AddBlobs();
        builder.AddJobs();
        builder.AddConsumer(Name, consumer => consumer.On<QueuesMade, JobNews>((news, made, _, cancellation) => news.RepeatAsync(made, cancellation)));
        var services = builder.Services;
        services.AddSingleton<UploadReceiver>();
        services.AddSingleton<MultipartUpload>();
        services.AddSingleton<UploadSlots>();
        services.AddSingleton<UploadRoutes>();
        builder.AddFleeting();
        services.AddSingleton<FrameTable>();
        services.AddSingleton<ArchiveSource>();
        services.AddSingleton<LiveView>();
        services.AddSingleton<BucketMarker>();
        services.AddSingleton<CleanupWatch>();
        services.AddSingleton<OrphanSweep>();
        services.AddSingleton<Adoption>();
        services.AddSingleton(new OperatorTask(OperatorTask.Adopt, (s, confirmed, cancellation) => s.GetRequiredService<Adoption>().RunAsync(confirmed, cancellation)));
        services.AddHealthChecks().AddCheck<CleanupWatch>("cleanup");
        services.AddSingleton<SoleSweep>();
        services.AddSingleton<Janitor>();
        services.AddHostedService(provider => provider.GetRequiredService<Janitor>());
    }

    /// <inheritdoc/>
    public static void MapRoutes(IEndpointRouteBuilder routes)
    {
        UploadRoutes.Map(routes);
        VideoRoutes.Map(routes);
        JobRoutes.Map(routes);
        ResultRoutes.Map(routes);
        FrameRoutes.Map(routes);
        ExtraRoutes.Map(routes);
        LiveRoutes.Map(routes);
        LimitRoutes.Map(routes);
    }
}
