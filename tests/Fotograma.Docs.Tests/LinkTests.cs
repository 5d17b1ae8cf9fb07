namespace Fotograma.Docs.Tests;

public sealed class LinkTests
{
    public static TheoryData<string> Documents => [.. Repository.Documents];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_lead_to_files_that_exist(string path) => Repository.LinksIn(path).Where(target => !Repository.Exists(target)).ShouldBeEmpty();

    [Fact]
    public void Documents_are_found() => Repository.Documents.SelectMany(Repository.LinksIn).Count().ShouldBeGreaterThan(10);
}
