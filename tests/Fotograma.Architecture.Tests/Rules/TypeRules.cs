using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fotograma.Architecture.Tests.Rules;

internal static class TypeRules
{
    /// <summary>Each is a seam with two real implementations, or the shape in which something registers itself.</summary>
    private static readonly string[] Ports = ["IModule", "IMessage", "ICheckedOptions", "ITransport", "IBlobDriver", "IMailDriver", "ILedgerStore",
        "ICatalogueStore", "ILeaseStore", "INewsStore", "ITrashStore", "IInstallationStore", "IOutboxStore", "INotificationLog", "ISignalDriver", "IFleetingStore"];

    /// <summary>Where native code is declared. Managed code cannot do what is declared there.</summary>
    private static readonly string[] NativeFolders = ["src/Fotograma.Media/Native/", "src/Fotograma.Media/Sandbox/", "src/Fotograma.Blobs/Native/", "src/Fotograma.Decoder/"];

    /// <summary>Where pointers are followed: the frame engine, whose pixels they are, and the native folders.</summary>
    private static readonly string[] UnsafeFolders = [.. NativeFolders, "src/Fotograma.Media/"];

    public static IEnumerable<string> Unsealed(IEnumerable<SourceFile> files)
    {
        var classes = files.Where(file => !file.IsGenerated)
            .SelectMany(file => file.Root.DescendantNodes().OfType<TypeDeclarationSyntax>().Select(type => (file.Path, Type: type)))
            .Where(found => found.Type is ClassDeclarationSyntax || (found.Type is RecordDeclarationSyntax record && !record.ClassOrStructKeyword.IsKind(SyntaxKind.StructKeyword)));
        foreach (var parts in classes.GroupBy(found => FullName(found.Type)))
        {
            if (!parts.SelectMany(part => part.Type.Modifiers).Any(m => m.Kind() is SyntaxKind.SealedKeyword or SyntaxKind.StaticKeyword or SyntaxKind.AbstractKeyword))
                yield return $"{parts.First().Path}: {parts.Key} is neither sealed nor static nor abstract.";
        }
    }

    public static IEnumerable<string> InterfacesThatAreNoPorts(SourceFile file) => file.Root.DescendantNodes().OfType<InterfaceDeclarationSyntax>()
        .Select(type => type.Identifier.Text).Where(name => !Ports.Contains(name)).Select(name => $"{file.Path}: {name} is not a port.");

    public static IEnumerable<string> PortMethodsWithoutCancellation(SourceFile file) => file.Root.DescendantNodes().OfType<InterfaceDeclarationSyntax>()
        .SelectMany(type => type.Members.OfType<MethodDeclarationSyntax>())
        .Where(method => method.Identifier.Text.EndsWith("Async", StringComparison.Ordinal))
        .Where(method => method.ParameterList.Parameters.LastOrDefault()?.Type?.ToString() != "CancellationToken")
        .Select(method => $"{file.Path}: {method.Identifier.Text} does not take a CancellationToken last.");

    public static IEnumerable<string> ForeignFunctions(SourceFile file) => IsUnder(file, NativeFolders) ? [] : file.Root.DescendantNodes().OfType<AttributeSyntax>()
        .Select(attribute => attribute.Name.ToString().Split('.')[^1])
        .Where(name => name is "DllImport" or "LibraryImport" or "DllImportAttribute" or "LibraryImportAttribute")
        .Select(name => $"{file.Path} declares a foreign function ({name}).");

    public static IEnumerable<string> Pointers(SourceFile file) =>
        !IsUnder(file, UnsafeFolders) && file.Root.DescendantTokens().Any(token => token.IsKind(SyntaxKind.UnsafeKeyword)) ? [$"{file.Path} is unsafe."] : [];

    public static IEnumerable<string> ProjectsThatAllowPointers(ProjectFile project) =>
        project.AllowsUnsafe && project.Path.StartsWith("src/", StringComparison.Ordinal)
            && !UnsafeFolders.Any(folder => folder.StartsWith(Path.GetDirectoryName(project.Path)! + "/", StringComparison.Ordinal))
            ? [$"{project.Name} allows unsafe code."] : [];

    public static IEnumerable<string> DriversWithoutSuite(IReadOnlyCollection<SourceFile> product, IReadOnlyCollection<SourceFile> tests)
    {
        foreach (var (port, suite) in ((string, string)[])[("ITransport", "TransportSuite"), ("IBlobDriver", "BlobSuite"), ("ILedgerStore", "LedgerSuite"),
            ("IOutboxStore", "OutboxSuite"), ("INotificationLog", "NotificationLogSuite"), ("ISignalDriver", "SignalSuite"), ("IFleetingStore", "FleetingStoreSuite")])
        {
            foreach (var driver in Implementers(product, port))
            {
                if (!Implementers(tests, suite).Contains(driver + "Tests")) yield return $"{driver} has no class {driver}Tests : {suite}.";
            }
        }
    }

    private static IEnumerable<string> Implementers(IEnumerable<SourceFile> files, string baseName) => files
        .SelectMany(file => file.Root.DescendantNodes().OfType<ClassDeclarationSyntax>())
        .Where(type => type.BaseList?.Types.Any(b => b.Type.ToString() == baseName) == true)
        .Select(type => type.Identifier.Text);

    private static bool IsUnder(SourceFile file, string[] folders) => folders.Any(folder => file.Path.StartsWith(folder, StringComparison.Ordinal));

    private static string FullName(TypeDeclarationSyntax type)
    {
        var name = $"{type.Identifier.Text}`{type.TypeParameterList?.Parameters.Count ?? 0}";
        return type.Parent switch
        {
            TypeDeclarationSyntax outer => $"{FullName(outer)}.{name}",
            BaseNamespaceDeclarationSyntax space => $"{space.Name}.{name}",
            _ => name,
        };
    }
}
