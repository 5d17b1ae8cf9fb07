namespace Fotograma.Fleeting.Signals;

/// <summary>
/// The port to whatever carries signals from process to process. Every listener hears everything that any process publishes while it listens, its own included;
/// who is away misses it. Topics are sorted out by the listener's <see cref="Messaging.Live.LiveFeed"/>: a few hundred short texts a second
/// cost less than a subscription for every open page. The contract suite is the specification.
/// </summary>
public interface ISignalDriver
{
    /// <summary>Longest text, in bytes of UTF-8.</summary>
    const int BytesMax = 4000;

    /// <summary>The driver's name in configuration and health.</summary>
    string Name { get; }

    /// <summary>Sends a text of at most <see cref="BytesMax"/> to whoever listens now.</summary>
    Task PublishAsync(string text, CancellationToken cancellation);

    /// <summary>Listens until cancelled; throws when the connection is lost, and the caller listens again after a pause.</summary>
    /// <param name="heard">Called for every text, one at a time; must be quick.</param>
    /// <param name="listening">Called when everything published from now on will be heard.</param>
    /// <param name="cancellation">Ends it.</param>
    Task ListenAsync(Action<string> heard, Action listening, CancellationToken cancellation);
}
