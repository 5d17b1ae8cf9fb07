using Fotograma.Messages;

namespace Fotograma.Worker.Claiming;

/// <summary>An upload's event is a hint: the job row is the truth, so the event is done with as soon as the loop is awake.</summary>
internal sealed class WakeOnUpload(ClaimLoop loop)
{
    public Task HandleAsync(VideoUploaded message, CancellationToken cancellation)
    {
        loop.Wake();
        return Task.CompletedTask;
    }
}
