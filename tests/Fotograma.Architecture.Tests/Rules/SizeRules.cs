using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fotograma.Architecture.Tests.Rules;

internal static class SizeRules
{
    private const int MethodLinesMax = 60;
    private const int FileLinesMax = 400;
    private const int SuiteLinesMax = 600;

    public static IEnumerable<string> LongFiles(SourceFile file)
    {
        if (file.IsGenerated) yield break;
        var most = file.Project == "Fotograma.Suites" ? SuiteLinesMax : FileLinesMax;
        if (file.LineCount > most) yield return $"{file.Path} has {file.LineCount} lines; {most} are allowed.";
    }

    public static IEnumerable<string> LongMethods(SourceFile file)
    {
        if (file.IsGenerated) yield break;
        foreach (var member in file.Root.DescendantNodes().Where(node => node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax))
        {
            var first = FirstToken(member).GetLocation().GetLineSpan().StartLinePosition.Line;
            var lines = member.GetLocation().GetLineSpan().EndLinePosition.Line - first + 1;
            if (lines > MethodLinesMax) yield return $"{file.Path}:{first + 1} has a method of {lines} lines; {MethodLinesMax} are allowed.";
        }
    }

    // The rows of a test's data are no lines of a method.
    private static SyntaxToken FirstToken(SyntaxNode member) =>
        member.ChildNodes().OfType<AttributeListSyntax>().LastOrDefault()?.GetLastToken().GetNextToken() ?? member.GetFirstToken();
}
