using System.Collections.Concurrent;
using Fotograma.Clips;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>What ffmpeg makes of a clip by the filters that every clip is held to, from one run of it for all of them: most of what it costs is its start and the decoding.</summary>
internal static class UsualReference
{
    /// <summary>One frame a second, fitted into <see cref="FitWidth"/> pixels by the rule of the options: never larger, and the height to the nearest pixel.</summary>
    public const string FittedSeconds = "fps=1:round=up,scale=min(46\\,iw):max(1\\,floor(ih*ow/iw+0.5))";

    /// <summary>Width in pixels that <see cref="FittedSeconds"/> fits into.</summary>
    public const int FitWidth = 46;

    private static readonly string[] Filters =
    [
        FittedSeconds, "null", "fps=1:round=up", "fps=30000/1001:round=up", "fps=7/3:round=up", "fps=2/5:round=up", "select=eq(n\\,0)+between(n\\,5\\,7)+eq(n\\,21)+between(n\\,33\\,34)",
    ];

    private static readonly HashSet<string> Usual = [.. GoodClips.All.Concat(OddClips.All).Select(clip => clip.ToString())];
    private static readonly ConcurrentDictionary<string, Lazy<Task<string?>>> Made = new(StringComparer.Ordinal);
    private static readonly Lazy<string> Folder = new(MakeFolder);

    /// <summary>The raw pixels; null where the clip or the filter is none of the usual ones, or ffmpeg fails at one of them.</summary>
    public static async Task<byte[]?> FindAsync(string path, string filter, string[] raw)
    {
        var place = Array.IndexOf(Filters, filter);
        if (place < 0 || !Usual.Contains(Path.GetFileName(path))) return null;
        var made = await Made.GetOrAdd(path, _ => new Lazy<Task<string?>>(() => MakeAsync(path, raw))).Value;
        return made is null ? null : await File.ReadAllBytesAsync(FileOf(made, place), TestContext.Current.CancellationToken);
    }

    private static async Task<string?> MakeAsync(string path, string[] raw)
    {
        var place = Path.Combine(Folder.Value, Path.GetFileName(path));
        var outputs = Filters.SelectMany((filter, number) => (string[])["-vf", filter, .. raw, FileOf(place, number)]);
        try
        {
            // Others wait for the same run, whoever of them began it.
            await Tool.RunAsync("ffmpeg", ["-i", path, .. outputs], CancellationToken.None);
            return place;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string FileOf(string place, int number) => $"{place}.{number}.raw";

    private static string MakeFolder()
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-reference-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
