using Fotograma.EndToEnd.Tests.Hosts;

namespace Fotograma.EndToEnd.Tests.Deployments;

public sealed class TogetherTests(SharedServer shared)
{
    [Fact]
    public Task The_story_is_true_of_one_process_with_nothing_beside_it() => WholeStory.TellAsync(shared.Server.Address, TestContext.Current.CancellationToken);
}
