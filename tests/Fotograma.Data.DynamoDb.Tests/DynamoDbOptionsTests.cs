namespace Fotograma.Data.DynamoDb.Tests;

public sealed class DynamoDbOptionsTests
{
    [Fact]
    public void The_defaults_have_no_fault() => new DynamoDbOptions().Problems().ShouldBeEmpty();

    [Fact]
    public void Every_fault_is_reported_and_no_secret_with_it()
    {
        var problems = new DynamoDbOptions
        {
            Endpoint = "dynamo.example.org", TablePrefix = "with space", CreationWaitSecondsMax = 0, SecretKey = "secret-word", RequestTimeoutSeconds = 0, TriesMax = 0,
        }.Problems().ToList();
        problems.Count.ShouldBe(6);
        problems.ShouldAllBe(problem => !problem.Contains("secret-word"));
    }
}
