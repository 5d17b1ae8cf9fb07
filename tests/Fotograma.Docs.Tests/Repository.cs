using System.Text.RegularExpressions;

namespace Fotograma.Docs.Tests;

/// <summary>The repository's files, by their paths from its root.</summary>
internal static partial class Repository
{
    private static readonly string Root = FindRoot();

    /// <summary>Every document a reader may start from.</summary>
    public static IEnumerable<string> Documents { get; } =
        Directory.EnumerateFiles(Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    /// <summary>The C# sources below a folder.</summary>
    public static IEnumerable<string> SourcesIn(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);

    /// <summary>The rows of a document's tables whose first cell is code: the cells, without the marks of code.</summary>
    public static IReadOnlyList<string[]> CodeRows(string path) =>
        [.. Read(path).Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Trim().Trim('|').Split('|').Select(cell => cell.Trim().Trim('`')).ToArray())];

    /// <summary>Where the links of a document lead, as paths from the root; links to other places are left out.</summary>
    public static IEnumerable<string> LinksIn(string path) => Link().Matches(Read(path))
        .Select(link => link.Groups["target"].Value.Split('#')[0])
        .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
        .Select(target => Path.GetRelativePath(Root, Path.GetFullPath(Path.Combine(Root, Path.GetDirectoryName(path) ?? "", target))));

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Fotograma.slnx"))) return folder;
        }
        throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    [GeneratedRegex(@"(?<!!)\[[^\]]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();
}
