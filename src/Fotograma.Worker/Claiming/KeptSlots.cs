using Fotograma.Messaging.Transport;

namespace Fotograma.Worker.Claiming;

/// <summary>The slots that a worker has free and does not offer: who claims nothing shall not be told of work, so that others are. Called by the claim loop alone.</summary>
internal sealed class KeptSlots(Slots slots)
{
    private int kept;

    /// <summary>Takes what is free out of sight, or gives back all that was taken.</summary>
    public void Keep(bool all)
    {
        for (; all && slots.Free > 0; kept++) slots.Take();
        for (; !all && kept > 0; kept--) slots.Return();
    }
}
