using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fotograma.Architecture.Tests.Rules;

internal static class ModuleRules
{
    public static readonly IReadOnlyList<string> Modules = ["Fotograma.Auth", "Fotograma.Video", "Fotograma.Worker", "Fotograma.Notify", "Fotograma.Web"];

    private static readonly string[] FoldersThatSayNothing = ["Utils", "Helpers", "Services", "Models", "Common", "Managers", "Interfaces"];

    public static IEnumerable<string> ReferencesToModules(ProjectFile project)
    {
        var mayKnowModules = project.Name == "Fotograma.Server" || project.Path.StartsWith("tests/", StringComparison.Ordinal) || project.Path.StartsWith("bench/", StringComparison.Ordinal);
        return mayKnowModules ? [] : project.References.Where(Modules.Contains).Select(module => $"{project.Name} refers to the module {module}.");
    }

    public static IEnumerable<string> ReferencesOfMessages(ProjectFile project) =>
        project.Name == "Fotograma.Messages" ? project.References.Select(reference => $"Fotograma.Messages refers to {reference}.") : [];

    public static IEnumerable<string> FacesOf(string module, IEnumerable<SourceFile> sources)
    {
        var files = sources.Where(file => file.Project == module).ToList();
        if (files.Count == 0) yield break;
        var faces = files.SelectMany(file => file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>())
            .Where(type => type.Parent is BaseNamespaceDeclarationSyntax or CompilationUnitSyntax)
            .Where(type => type.Modifiers.Any(SyntaxKind.PublicKeyword))
            .GroupBy(type => type.Identifier.Text).ToList();
        if (faces.Count != 1) yield return $"{module} shows {faces.Count} public types, and should show one: {string.Join(", ", faces.Select(face => face.Key))}";
        foreach (var face in faces)
        {
            if (!face.Any(type => type.BaseList?.Types.Any(b => b.Type.ToString() == "IModule") == true)) yield return $"{module} shows {face.Key}, which is not its module.";
        }
    }

    public static IEnumerable<string> FoldersByLayer(string folder) =>
        folder.Split('/').Intersect(FoldersThatSayNothing, StringComparer.OrdinalIgnoreCase).Select(name => $"{folder} is named after a layer: {name}");

    public static IEnumerable<string> NotInSolution(ProjectFile project, string solution) =>
        solution.Contains($"\"{project.Path}\"", StringComparison.Ordinal) ? [] : [$"{project.Path} is not in the solution."];
}
