using Fotograma.Messages;

namespace Fotograma.Notify.Tests;

internal static class Samples
{
    public static readonly Guid Ana = new("0198c0de-0000-7000-8000-00000000000a");
    public static readonly Guid Bia = new("0198c0de-0000-7000-8000-00000000000b");

    public static UserChanged User(Guid? id = null, string email = "ana@example.org", string name = "Ana", string language = "en", long revision = 1) =>
        new(id ?? Ana, email, name, language, revision);

    public static VideoProcessed Processed(string name = "holiday.mp4", int number = 1, Guid? owner = null) =>
        new(Id(0x100 + number), Id(0x200 + number), owner ?? Ana, name, 12, 3_456_789, 0, 1.5);

    public static VideoFailed Failed(string name = "holiday.mp4", int number = 1, string reason = "The file ends too early. Upload it again.") =>
        new(Id(0x100 + number), Id(0x200 + number), Ana, name, "media.truncated", reason);

    private static Guid Id(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1);
}
