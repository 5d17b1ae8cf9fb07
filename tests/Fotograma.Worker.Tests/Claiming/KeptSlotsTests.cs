using Fotograma.Messaging.Transport;
using Fotograma.Worker.Claiming;

namespace Fotograma.Worker.Tests.Claiming;

public sealed class KeptSlotsTests
{
    [Fact]
    public void Nobody_is_told_of_work_while_slots_are_kept_and_everybody_once_they_are_given_back()
    {
        var slots = new Slots(3);
        var kept = new KeptSlots(slots);
        slots.Take();
        kept.Keep(all: true);
        slots.Free.ShouldBe(0);
        slots.Return();
        slots.Free.ShouldBe(1, "What was in hand has ended.");
        kept.Keep(all: true);
        slots.Free.ShouldBe(0);
        kept.Keep(all: false);
        slots.Free.ShouldBe(3);
        kept.Keep(all: false);
        slots.Free.ShouldBe(3, "No more is given back than was taken.");
    }
}
