using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;

namespace Fotograma.Suites.Transport;

/// <summary>
/// What every transport does. A driver's test class derives from it and says only how to reach its broker; what a driver declares it cannot do is tested the other way
/// round or left out by name. This first part holds the life of the suite; the sentences are in the other parts.
/// </summary>
public abstract partial class TransportSuite : IAsyncLifetime
{
    private const string Type = "suite.happened";
    private const string OtherType = "suite.other";
    private static readonly Settlement Done = new Settlement.Done();
    private readonly Ids ids = new(TimeProvider.System);
    private readonly string run;
    private readonly List<Member> members = [];
    private TransportPeer peer = null!;
    private ITransport transport = null!;

    /// <summary>A suite for one test.</summary>
    protected TransportSuite() => run = ids.New().ToString("N");

    /// <summary>Starts, or makes room on, the broker. Called once for each test.</summary>
    protected abstract Task<TransportPeer> StartPeerAsync(CancellationToken cancellation);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        peer = await StartPeerAsync(Cancellation);
        transport = await peer.ConnectAsync(Cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var member in members) await member.DisposeAsync();
        await peer.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private Subscription Group(string name, params string[] types) => new($"{name}-{run}", types.Length > 0 ? types : [Type]);

    private async Task<Subscription> SubscribedAsync(string name, params string[] types)
    {
        var group = Group(name, types);
        await transport.PrepareAsync([group], Cancellation);
        return group;
    }

    private Member Consume(Subscription group, Func<Delivery, CancellationToken, Task<Settlement>>? handle = null, int concurrency = 4, ITransport? from = null, Slots? slots = null)
    {
        var member = new Member(from ?? transport, group, slots ?? new Slots(concurrency), handle);
        members.Add(member);
        return member;
    }

    private CloudEvent Event(string type = Type, string? subject = null, string text = "hello") => new()
    {
        Id = ids.New(),
        Source = "/fotograma/suite",
        Type = type,
        Subject = subject ?? ids.New().ToString(),
        Time = DateTimeOffset.UnixEpoch.AddDays(20_000),
        Data = System.Text.Json.JsonSerializer.SerializeToElement(new { text }),
    };

    private Task PublishAsync(params IReadOnlyList<CloudEvent> events) => transport.PublishAsync(events, Cancellation);

    // Fails when the group is given anything but the events that are named; "nothing more" is seen by what comes after.
    private async Task GetsNothingMoreAsync(Member member, string type = Type) =>
        (await member.EverythingBeforeAsync(Event(type), last => PublishAsync(last))).ShouldBeEmpty();

    // As strong a signal as there is that something was done, bounded.
    private static Task InTimeAsync(Task task) => task.WaitAsync(TimeSpan.FromSeconds(90), Cancellation);
}
