using Fotograma.Media.Sandbox;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Running;

/// <summary>Says at the start, as loudly as a log can, that strangers' videos are decoded without walls.</summary>
internal sealed partial class SandboxNotice(DecoderOptions options, ILogger<SandboxNotice> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Sandbox is SandboxMode.Off) LogOff();
        else if (options.Sandbox is SandboxMode.Seccomp) LogPart();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Critical, Message = "The decoder is NOT confined (Decoder:Sandbox is Off). A video can take over this process's user. For development only.")]
    private partial void LogOff();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Decoders may run without Landlock (Decoder:Sandbox is Seccomp).")]
    private partial void LogPart();
}
