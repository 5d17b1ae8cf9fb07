using Fotograma.Kernel.Errors;

namespace Fotograma.Video.Uploads;

/// <summary>Bounds how many uploads this process takes in at once, in all and from one user, so that nobody can keep everybody else out.</summary>
internal sealed class UploadSlots(UploadOptions options)
{
    private readonly Dictionary<Guid, int> taken = [];
    private readonly Lock guard = new();
    private int total;

    public Slot Take(Guid owner)
    {
        lock (guard)
        {
            var own = taken.GetValueOrDefault(owner);
            if (own >= options.ConcurrentPerUserMax) throw ErrorCatalogue.TooManyRequests.Because("You are sending as many files as one person may. Wait for one to end.");
            if (total >= options.ConcurrentMax) throw ErrorCatalogue.Unavailable.Because("All upload slots are taken. Try again in a moment.");
            taken[owner] = own + 1;
            total++;
        }
        return new Slot(this, owner);
    }

    private void Give(Guid owner)
    {
        lock (guard)
        {
            total--;
            if (--taken[owner] == 0) taken.Remove(owner);
        }
    }

    public sealed class Slot(UploadSlots slots, Guid owner) : IDisposable
    {
        private UploadSlots? slots = slots;

        public void Dispose() => Interlocked.Exchange(ref slots, null)?.Give(owner);
    }
}
