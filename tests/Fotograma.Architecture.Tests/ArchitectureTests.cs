using Fotograma.Architecture.Tests.Rules;

namespace Fotograma.Architecture.Tests;

/// <summary>The house rules that can be read off the sources.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void Sources_are_found() => SourceTree.Product.Count().ShouldBeGreaterThan(20);

    [Fact]
    public void Modules_do_not_know_each_other() => SourceTree.Projects.SelectMany(ModuleRules.ReferencesToModules).ShouldBeEmpty();

    [Fact]
    public void Messages_depend_on_nothing() => SourceTree.Projects.SelectMany(ModuleRules.ReferencesOfMessages).ShouldBeEmpty();

    [Fact]
    public void Module_shows_itself_and_nothing_else() =>
        ModuleRules.Modules.SelectMany(module => ModuleRules.FacesOf(module, SourceTree.Product)).ShouldBeEmpty();

    [Fact]
    public void Folders_are_features() => SourceTree.Folders.SelectMany(ModuleRules.FoldersByLayer).ShouldBeEmpty();

    [Fact]
    public void Every_project_is_in_the_solution() =>
        SourceTree.Projects.SelectMany(project => ModuleRules.NotInSolution(project, SourceTree.Solution)).ShouldBeEmpty();

    [Fact]
    public void Files_are_short() => SourceTree.Sources.SelectMany(SizeRules.LongFiles).ShouldBeEmpty();

    [Fact]
    public void Methods_are_short() => SourceTree.Sources.SelectMany(SizeRules.LongMethods).ShouldBeEmpty();

    [Fact]
    public void Classes_are_sealed() => TypeRules.Unsealed(SourceTree.Product).ShouldBeEmpty();

    [Fact]
    public void Interfaces_are_ports() => SourceTree.Product.SelectMany(TypeRules.InterfacesThatAreNoPorts).ShouldBeEmpty();

    [Fact]
    public void Ports_can_be_cancelled() => SourceTree.Product.SelectMany(TypeRules.PortMethodsWithoutCancellation).ShouldBeEmpty();

    [Fact]
    public void Foreign_functions_are_declared_in_native_folders() => SourceTree.Product.SelectMany(TypeRules.ForeignFunctions).ShouldBeEmpty();

    [Fact]
    public void Pointers_stay_in_the_frame_engine()
    {
        SourceTree.Product.SelectMany(TypeRules.Pointers).ShouldBeEmpty();
        SourceTree.Projects.SelectMany(TypeRules.ProjectsThatAllowPointers).ShouldBeEmpty();
    }

    [Fact]
    public void Every_driver_runs_its_suite() => TypeRules.DriversWithoutSuite([.. SourceTree.Product], [.. SourceTree.Sources.Except(SourceTree.Product)]).ShouldBeEmpty();
}
