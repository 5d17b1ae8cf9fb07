using System.Text;

namespace Fotograma.Media.Tests.Abuse;

/// <summary>
/// Words that must not get into any result: they lie in files beside a hostile one, under the names and in the forms that it might ask for, and
/// in the environment.
/// </summary>
internal sealed class Canary : IDisposable
{
    private const string Words = "canary-7f3a91c2-not-yours";

    private static readonly string[] Names = ["secret.txt", "person.srt", "a.ts", "v.m3u8", "a.txt", "key", "subtitles.ass", "chapter2.mkv", "media.mov", ".env"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fotograma-abuse");

    // Of the whole process, and for good: it says nothing to other tests.
    static Canary() => Environment.SetEnvironmentVariable("FOTOGRAMA_CANARY", Words);

    public Canary()
    {
        foreach (var name in Names) File.WriteAllText(Path.Combine(folder.FullName, name), $"1\n00:00:00,000 --> 00:00:09,000\n{Words}\n");
    }

    /// <summary>Where the hostile file belongs.</summary>
    public string Folder => folder.FullName;

    public static void ShouldNotBeIn(ReadOnlySpan<byte> bytes)
    {
        bytes.IndexOf(Encoding.UTF8.GetBytes(Words)).ShouldBe(-1);
        bytes.IndexOf(Encoding.Unicode.GetBytes(Words)).ShouldBe(-1);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
