using Fotograma.Kernel.Errors;
using Fotograma.Video.Uploads;

namespace Fotograma.Video.Tests.Uploads;

public sealed class UploadSlotsTests
{
    private static readonly Guid Ann = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid Bob = new("00000000-0000-0000-0000-000000000002");

    [Fact]
    public void One_user_cannot_keep_another_out()
    {
        var slots = new UploadSlots(new UploadOptions { ConcurrentMax = 4, ConcurrentPerUserMax = 2 });
        using var first = slots.Take(Ann);
        using var second = slots.Take(Ann);
        Should.Throw<FaultException>(() => slots.Take(Ann)).Error.ShouldBe(ErrorCatalogue.TooManyRequests);
        using var third = slots.Take(Bob);
    }

    [Fact]
    public void A_slot_is_given_back_once_however_often_it_is_disposed()
    {
        var slots = new UploadSlots(new UploadOptions { ConcurrentMax = 1, ConcurrentPerUserMax = 1 });
        var slot = slots.Take(Ann);
        Should.Throw<FaultException>(() => slots.Take(Bob)).Error.ShouldBe(ErrorCatalogue.Unavailable);
        slot.Dispose();
        slot.Dispose();
        using var next = slots.Take(Bob);
        Should.Throw<FaultException>(() => slots.Take(Ann)).Error.ShouldBe(ErrorCatalogue.Unavailable);
    }
}
