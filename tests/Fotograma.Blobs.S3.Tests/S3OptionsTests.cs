namespace Fotograma.Blobs.S3.Tests;

public sealed class S3OptionsTests
{
    [Fact]
    public void Bucket_alone_is_enough() => new S3Options { Bucket = "b" }.Problems().ShouldBeEmpty();

    [Fact]
    public void Every_fault_is_said_at_once() => new S3Options
    {
        Endpoint = "files.example.org", PublicEndpoint = "ftp://files.example.org", Region = "", KeyPrefix = "no/slash", AccessKeyId = "only-half", EncryptionKeyId = "key", PartBytes = 1,
    }.Problems().Select(problem => problem.Split(' ')[0]).ShouldBe(["Bucket", "Endpoint", "PublicEndpoint", "Region", "KeyPrefix", "AccessKeyId", "EncryptionKeyId", "PartBytes"]);

    [Theory]
    [InlineData("a/")]
    [InlineData("prod/fotograma/")]
    public void Key_prefix_is_whole_segments(string prefix) => new S3Options { Bucket = "b", KeyPrefix = prefix }.Problems().ShouldBeEmpty();

    [Fact]
    public void Session_token_needs_its_credentials() =>
        new S3Options { Bucket = "b", SessionToken = "t" }.Problems().ShouldHaveSingleItem().ShouldNotContain(" t ");
}
