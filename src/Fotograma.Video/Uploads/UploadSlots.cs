using Fotograma.Kernel.Errors;

namespace Fotograma.Video.Uploads;

/// <summary>Bounds how many uploads this process takes in at once.</summary>
internal sealed class UploadSlots(UploadOptions options)
{
    private int taken;

    public Slot Take()
    {
        if (Interlocked.Increment(ref taken) <= options.ConcurrentMax) return new Slot(this);
        Interlocked.Decrement(ref taken);
        throw ErrorCatalogue.Unavailable.Because("All upload slots are taken. Try again in a moment.");
    }

    public sealed class Slot(UploadSlots slots) : IDisposable
    {
        private UploadSlots? slots = slots;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref slots, null) is { } owner) Interlocked.Decrement(ref owner.taken);
        }
    }
}
