using Fotograma.Architecture.Tests.Rules;

namespace Fotograma.Architecture.Tests;

/// <summary>A rule that cannot fail holds nothing: each is shown a source that breaks it, and one beside it that does not.</summary>
public sealed class RulesCanFailTests
{
    private static SourceFile File(string text, string path = "src/Fotograma.Video/Uploads/Upload.cs") => new(path, text);

    private static ProjectFile Project(string name, string content, string folder = "src") =>
        new($"{folder}/{name}/{name}.csproj", $"<Project>{content}</Project>");

    [Fact]
    public void Module_that_knows_another_is_seen()
    {
        const string reference = """<ItemGroup><ProjectReference Include="../Fotograma.Auth/Fotograma.Auth.csproj" /></ItemGroup>""";
        ModuleRules.ReferencesToModules(Project("Fotograma.Video", reference)).ShouldHaveSingleItem();
        ModuleRules.ReferencesToModules(Project("Fotograma.Server", reference)).ShouldBeEmpty();
        ModuleRules.ReferencesToModules(Project("Fotograma.Auth.Tests", reference, "tests")).ShouldBeEmpty();
        ModuleRules.ReferencesOfMessages(Project("Fotograma.Messages", reference)).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("namespace X; public sealed class VideoModule : IModule; public sealed record Extra;", 2)]
    [InlineData("namespace X; public static class Extra;", 1)]
    [InlineData("namespace X; internal sealed class VideoModule : IModule;", 1)]
    [InlineData("namespace X; public sealed class VideoModule : IModule { public enum Inner; } internal sealed class Other;", 0)]
    public void Module_that_shows_more_than_itself_is_seen(string text, int faults) =>
        ModuleRules.FacesOf("Fotograma.Video", [File(text)]).Count().ShouldBe(faults);

    [Fact]
    public void Folder_named_after_a_layer_is_seen()
    {
        ModuleRules.FoldersByLayer("src/Fotograma.Video/Services/Uploads").ShouldHaveSingleItem();
        ModuleRules.FoldersByLayer("src/Fotograma.Video/helpers").ShouldHaveSingleItem();
        ModuleRules.FoldersByLayer("src/Fotograma.Video/Uploads").ShouldBeEmpty();
    }

    [Fact]
    public void Project_outside_the_solution_is_seen()
    {
        var project = Project("Fotograma.Video", "");
        ModuleRules.NotInSolution(project, "<Solution/>").ShouldHaveSingleItem();
        ModuleRules.NotInSolution(project, """<Project Path="src/Fotograma.Video/Fotograma.Video.csproj" />""").ShouldBeEmpty();
    }

    [Fact]
    public void Long_file_is_seen()
    {
        SizeRules.LongFiles(File(new string('\n', 401))).ShouldHaveSingleItem();
        SizeRules.LongFiles(File(new string('\n', 400))).ShouldBeEmpty();
        SizeRules.LongFiles(File(new string('\n', 601), "tests/Fotograma.Suites/X.cs")).ShouldHaveSingleItem();
        SizeRules.LongFiles(File(new string('\n', 600), "tests/Fotograma.Suites/X.cs")).ShouldBeEmpty();
        SizeRules.LongFiles(File(new string('\n', 999), "src/Fotograma.Video/Migrations/X.cs")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("void M()\n{{\n{0}}}")]
    [InlineData("X()\n{{\n{0}}}")]
    [InlineData("int P {{ get\n{{\n{0}}} }}")]
    [InlineData("void Short() {{ }}\nvoid O() {{ void L()\n{{\n{0}}} }}")]
    public void Long_method_is_seen(string member)
    {
        string Class(int lines) => $"class X {{ {string.Format(System.Globalization.CultureInfo.InvariantCulture, member, string.Concat(Enumerable.Repeat("_ = 1;\n", lines)))} }}";
        SizeRules.LongMethods(File(Class(58))).ShouldNotBeEmpty();
        SizeRules.LongMethods(File(Class(57))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("class X;", 1)]
    [InlineData("namespace N; public record X(int A); sealed class Y { class Z; }", 2)]
    [InlineData("sealed class X; static class Y; abstract class Z; record struct R; struct S; sealed record T;", 0)]
    [InlineData("partial class X; sealed partial class X;", 0)]
    [InlineData("class X<T>; sealed class X;", 1)]
    public void Class_that_is_open_is_seen(string text, int faults) => TypeRules.Unsealed([File(text)]).Count().ShouldBe(faults);

    [Fact]
    public void Interface_that_is_no_port_is_seen()
    {
        TypeRules.InterfacesThatAreNoPorts(File("interface IVideoService;")).ShouldHaveSingleItem();
        TypeRules.InterfacesThatAreNoPorts(File("interface ITransport;")).ShouldBeEmpty();
    }

    [Fact]
    public void Port_that_cannot_be_cancelled_is_seen()
    {
        TypeRules.PortMethodsWithoutCancellation(File("interface ITransport { Task SendAsync(); }")).ShouldHaveSingleItem();
        TypeRules.PortMethodsWithoutCancellation(File("interface ITransport { Task SendAsync(CancellationToken c, int i); }")).ShouldHaveSingleItem();
        TypeRules.PortMethodsWithoutCancellation(File("interface ITransport { Task SendAsync(int i, CancellationToken c); }")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""partial class X { [LibraryImport("libc")] static partial int getpid(); }""")]
    [InlineData("""class X { [System.Runtime.InteropServices.DllImport("libc")] static extern int getpid(); }""")]
    public void Foreign_function_is_seen(string text)
    {
        TypeRules.ForeignFunctions(File(text)).ShouldHaveSingleItem();
        TypeRules.ForeignFunctions(File(text, "src/Fotograma.Media/Native/Libav.cs")).ShouldBeEmpty();
        TypeRules.ForeignFunctions(File(text, "src/Fotograma.Media/Reading/Libav.cs")).ShouldHaveSingleItem();
    }

    [Fact]
    public void Pointer_is_seen()
    {
        TypeRules.Pointers(File("class X { unsafe void M(int* p) { } }")).ShouldHaveSingleItem();
        TypeRules.Pointers(File("class X { void M() { unsafe { } } }", "src/Fotograma.Blobs/Files.cs")).ShouldHaveSingleItem();
        TypeRules.Pointers(File("class X { string unsafeName = \"unsafe\"; } // unsafe")).ShouldBeEmpty();
        TypeRules.ProjectsThatAllowPointers(Project("Fotograma.Video", "<PropertyGroup><AllowUnsafeBlocks>true</AllowUnsafeBlocks></PropertyGroup>")).ShouldHaveSingleItem();
        TypeRules.ProjectsThatAllowPointers(Project("Fotograma.Media", "<PropertyGroup><AllowUnsafeBlocks>true</AllowUnsafeBlocks></PropertyGroup>")).ShouldBeEmpty();
    }

    [Fact]
    public void Driver_without_a_suite_is_seen()
    {
        SourceFile[] product = [File("sealed class KafkaTransport : ITransport;")];
        TypeRules.DriversWithoutSuite(product, []).ShouldHaveSingleItem();
        TypeRules.DriversWithoutSuite(product, [File("sealed class KafkaTransportTests : BlobSuite;")]).ShouldHaveSingleItem();
        TypeRules.DriversWithoutSuite(product, [File("sealed class KafkaTransportTests : TransportSuite;")]).ShouldBeEmpty();
    }
}
