using Fotograma.Messaging.Kafka.Broker;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Messaging.Kafka.Tests;

public sealed class LivenessTests
{
    private const string Alive = """{"brokers":{"a":{"state":"DOWN"},"b":{"state":"UP"}},"cgrp":{"state":"up"}}""";

    [Theory]
    [InlineData(Alive, true)]
    [InlineData("""{"brokers":{"a":{"state":"DOWN"}},"cgrp":{"state":"up"}}""", false)]
    [InlineData("""{"brokers":{"a":{"state":"UP"}},"cgrp":{"state":"wait-broker-transport"}}""", false)]
    [InlineData("""{"brokers":{"a":{"state":"UP"}}}""", false)]
    [InlineData("{}", false)]
    public void Member_is_alive_with_its_coordinator_and_a_broker(string statistics, bool alive) => Liveness.IsAlive(statistics).ShouldBe(alive);

    [Fact]
    public void Brokers_are_lost_when_no_sign_of_them_came_for_longer_than_the_bound()
    {
        var clock = new FakeTimeProvider();
        var liveness = new Liveness(clock, TimeSpan.FromSeconds(30));
        clock.Advance(TimeSpan.FromSeconds(29));
        liveness.Note(Alive);
        clock.Advance(TimeSpan.FromSeconds(30));
        liveness.Note("{}");
        liveness.IsLost.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));
        liveness.IsLost.ShouldBeTrue();
        liveness.Note(Alive);
        liveness.IsLost.ShouldBeFalse();
    }
}
