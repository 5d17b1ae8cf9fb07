namespace Fotograma.Clips;

/// <summary>One generated test file: what it is called, why it exists, and how it is made.</summary>
public sealed class Clip
{
    /// <summary>No random number of a muxer goes into a file: every machine tests the same bytes.</summary>
    private const string Repeatable = " -fflags +bitexact";

    private readonly string recipe;
    private readonly Func<string, CancellationToken, Task> make;

    private Clip(string name, string reason, string recipe, Func<string, CancellationToken, Task> make)
    {
        Name = name;
        Reason = reason;
        this.recipe = recipe;
        this.make = make;
    }

    /// <summary>File name, extension included.</summary>
    public string Name { get; }

    /// <summary>Why the file exists.</summary>
    public string Reason { get; }

    /// <summary>The file's full path; makes the file when it is not there yet.</summary>
    /// <exception cref="InvalidOperationException">The ffmpeg program is missing or failed.</exception>
    public Task<string> PathAsync(CancellationToken cancellation) => ClipStore.PathAsync(Name, recipe, make, cancellation);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>A file that ffmpeg makes with <paramref name="arguments"/>.</summary>
    internal static Clip Of(string name, string reason, string arguments) =>
        new(name, reason, arguments + Repeatable, (path, cancellation) => Tool.RunAsync("ffmpeg", [.. Words(arguments + Repeatable), path], cancellation));

    /// <summary>The same where the encoder reads its input twice, as it must to make pictures that are never shown.</summary>
    internal static Clip InTwoPasses(string name, string reason, string arguments) =>
        new(name, reason, $"{arguments}{Repeatable} in two passes", async (path, cancellation) =>
        {
            var log = $"{path}.passes";
            string[] common = [.. Words(arguments + Repeatable), "-passlogfile", log];
            await Tool.RunAsync("ffmpeg", [.. common, "-pass", "1", "-f", "null", "-"], cancellation);
            await Tool.RunAsync("ffmpeg", [.. common, "-pass", "2", path], cancellation);
            File.Delete($"{log}-0.log");
        });

    /// <summary>A file made of another one.</summary>
    internal static Clip From(Clip source, string name, string reason, string change, Func<byte[], byte[]> edit) =>
        new(name, reason, source.recipe + change, async (path, cancellation) =>
        {
            var bytes = await File.ReadAllBytesAsync(await source.PathAsync(cancellation), cancellation);
            await File.WriteAllBytesAsync(path, edit(bytes), cancellation);
        });

    /// <summary>A file that ffmpeg makes of another one, with arguments before and after its name.</summary>
    internal static Clip Cut(string name, string reason, Clip source, string before, string after) =>
        new(name, reason, $"{source.recipe} cut {before} {after}{Repeatable}", async (path, cancellation) =>
            await Tool.RunAsync("ffmpeg", [.. Words(before), "-i", await source.PathAsync(cancellation), .. Words(after + Repeatable), path], cancellation));

    /// <summary>Files that ffmpeg makes, one after the other in one file.</summary>
    internal static Clip Joined(string name, string reason, params string[] parts) =>
        new(name, reason, string.Join('|', parts) + Repeatable, async (path, cancellation) =>
        {
            await using var joined = File.Create(path);
            foreach (var part in parts) await joined.WriteAsync(await Tool.RunAsync("ffmpeg", [.. Words(part + Repeatable), "-"], cancellation), cancellation);
        });

    /// <summary>A file with the given bytes.</summary>
    internal static Clip Bytes(string name, string reason, byte[] content) =>
        new(name, reason, $"{content.Length} {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content))}", (path, cancellation) => File.WriteAllBytesAsync(path, content, cancellation));

    /// <summary>A file with the given text.</summary>
    internal static Clip Text(string name, string reason, string content) =>
        new(name, reason, content, (path, cancellation) => File.WriteAllTextAsync(path, content, cancellation));

    private static string[] Words(string arguments) => arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
