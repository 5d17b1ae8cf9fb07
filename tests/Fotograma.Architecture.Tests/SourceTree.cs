using System.Xml.Linq;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fotograma.Architecture.Tests;

/// <summary>A C# file of the repository.</summary>
/// <param name="Path">From the repository's root, with slashes.</param>
/// <param name="Text">Its text.</param>
internal sealed record SourceFile(string Path, string Text)
{
    public CompilationUnitSyntax Root { get; } = (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(Text, new CSharpParseOptions(LanguageVersion.Preview)).GetRoot();

    public string Project => Path.Split('/') is [_, var project, ..] ? project : "";

    public bool IsGenerated => Path.Contains("/Migrations/", StringComparison.Ordinal);

    public int LineCount => Text.AsSpan().Count('\n');
}

/// <summary>A project file of the repository.</summary>
internal sealed record ProjectFile(string Path, string Text)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public IEnumerable<string> References => XDocument.Parse(Text).Descendants("ProjectReference")
        .Select(reference => System.IO.Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

    public bool AllowsUnsafe => XDocument.Parse(Text).Descendants("AllowUnsafeBlocks").Any(setting => setting.Value == "true");
}

/// <summary>The repository's own files, read once.</summary>
internal static class SourceTree
{
    private static readonly string Root = FindRoot();

    public static IReadOnlyList<SourceFile> Sources { get; } = [.. Files("*.cs").Select(path => new SourceFile(path, Read(path)))];

    public static IEnumerable<SourceFile> Product => Sources.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal));

    public static IReadOnlyList<ProjectFile> Projects { get; } = [.. Files("*.csproj").Select(path => new ProjectFile(path, Read(path)))];

    public static string Solution => Read("Fotograma.slnx");

    public static IEnumerable<string> Folders => Files("*").Select(path => Path.GetDirectoryName(path)!).Distinct();

    private static IEnumerable<string> Files(string pattern) => ((string[])["src", "tests", "bench"])
        .Select(folder => Path.Combine(Root, folder)).Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Fotograma.slnx"))) return folder;
        }
        throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
