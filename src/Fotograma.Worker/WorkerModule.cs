using Fotograma.Blobs;
using Fotograma.Jobs;
using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Modules;
using Fotograma.Media.Extraction;
using Fotograma.Media.Sandbox;
using Fotograma.Messages;
using Fotograma.Messaging;
using Fotograma.Worker.Backlog;
using Fotograma.Worker.Claiming;
using Fotograma.Worker.Running;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Worker;

/// <summary>worker: claims jobs, runs the decoder, stores results.</summary>
public sealed class WorkerModule : IModule
{
    private const int HeartbeatsInLeaseMin = 3;

    /// <inheritdoc/>
    public static string Name => "worker";

    /// <inheritdoc/>
    public static void AddServices(IHostApplicationBuilder builder)
    {
        builder.AddChecked<DataOptions>(DataOptions.Section);
        var worker = builder.AddChecked<WorkerOptions>(WorkerOptions.Section);
        var decoder = builder.AddChecked<DecoderOptions>(DecoderOptions.Section);
        if (decoder.Sandbox is SandboxMode.Off && !builder.Environment.IsDevelopment())
            builder.Services.AddConfigurationFault($"{DecoderOptions.Section}: Sandbox may be Off in the environment Development only.");
        var jobs = builder.AddChecked<JobOptions>(JobOptions.Section);
        if (!jobs.Problems().Any() && worker.HeartbeatMilliseconds * HeartbeatsInLeaseMin > jobs.Lease.TotalMilliseconds)
            builder.Services.AddConfigurationFault($"{WorkerOptions.Section}: HeartbeatMilliseconds must be at most a third of {JobOptions.Section}:LeaseSeconds, so that one lost renewal is not the end of a lease.");
        builder.AddBlobs();
        builder.AddJobs();
        var services = builder.Services;
        services.AddSingleton(provider => new VideoExtractor(new VideoExtractorOptions
        {
            DecoderPath = decoder.FullPath,
            Sandbox = decoder.Sandbox,
            OldCodecs = decoder.OldCodecs,
            Limits = decoder.Limits,
            ThumbnailWidth = worker.ThumbnailPixels,
            Time = provider.GetRequiredService<TimeProvider>(),
        }));
        services.AddHostedService<SandboxNotice>();
        services.AddHealthChecks().AddCheck<DecoderHealth>("decoder");
        services.AddSingleton<DecoderTrial>();
        services.AddConnectionTrial("decoder", (provider, cancellation) => provider.GetRequiredService<DecoderTrial>().RunAsync(cancellation));
        services.AddMetrics();
        services.AddSingleton<JobCounts>();
        services.AddSingleton<WorkerIdentity>();
        services.AddSingleton<ResultWriter>();
        services.AddSingleton<DoubtfulClaims>();
        services.AddSingleton<Company>();
        services.AddSingleton<StoreRoom>();
        services.AddSingleton<AttemptEnd>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<ClaimLoop>();
        services.AddSingleton<WakeOnUpload>();
        services.AddHostedService(provider => provider.GetRequiredService<ClaimLoop>());
        services.AddHostedService<WakeOnSignal>();
        services.AddHostedService<BacklogWatch>();
        builder.AddConsumer("worker", consumer => consumer.On<VideoUploaded, WakeOnUpload>(
            (handler, message, _, cancellation) => handler.HandleAsync(message, cancellation)), provider => provider.GetRequiredService<ClaimLoop>().Slots);
    }

    /// <inheritdoc/>
    public static void MapRoutes(IEndpointRouteBuilder routes)
    {
    }
}
