using System.Text;
using Amazon.SQS.Model;
using Fotograma.Messages;

namespace Fotograma.Messaging.Sqs;

/// <summary>Sends events to the queues of the groups that want them.</summary>
internal sealed class SqsPublisher(SqsCalls calls, SqsBatch batch, SqsOptions options)
{
    /// <summary>Kept free in every message, so that a dead letter can carry its reason beside the whole event.</summary>
    public const int ReasonBytesMax = 4096;

    private const int BatchesAtOnce = 4;

    /// <summary>Sends each queue its events. What is too large is refused before anything is sent.</summary>
    public async Task PublishAsync(IReadOnlyList<(string QueueUrl, CloudEvent Event)> events, CancellationToken cancellation)
    {
        var batches = events.GroupBy(sent => sent.QueueUrl, sent => Message.Of(sent.Event, options.MessageBytesMax), StringComparer.Ordinal)
            .SelectMany(queue => Batches(queue).Select(messages => (Url: queue.Key, Messages: messages))).ToList();
        var several = new ParallelOptions { MaxDegreeOfParallelism = BatchesAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(batches, several, async (sent, c) => await SendAsync(sent.Url, sent.Messages, c));
    }

    private async Task SendAsync(string url, List<Message> messages, CancellationToken cancellation)
    {
        var failed = await batch.SendAsync(messages, async entries =>
        {
            var request = new SendMessageBatchRequest(url, [.. entries.Select(entry => entry.Entry.ToEntry(entry.Id))]);
            return (await calls.CallAsync((sqs, c) => sqs.SendMessageBatchAsync(request, c), cancellation)).Failed;
        }, cancellation);
        if (failed.Count == 0) return;
        var (place, fault) = failed[0];
        throw new InvalidOperationException($"SQS took {failed.Count} of {messages.Count} events not; the first is {messages[place].Event.Type} {messages[place].Event.Id}: {fault}");
    }

    // As many as SQS takes at a time, by number and by bytes.
    private IEnumerable<List<Message>> Batches(IEnumerable<Message> messages)
    {
        var next = new List<Message>();
        var bytes = 0;
        foreach (var message in messages)
        {
            if (next.Count == SqsBatch.EntriesMax || (next.Count > 0 && bytes + message.Bytes > options.MessageBytesMax))
            {
                yield return next;
                (next, bytes) = ([], 0);
            }
            next.Add(message);
            bytes += message.Bytes;
        }
        if (next.Count > 0) yield return next;
    }

    private sealed record Message(CloudEvent Event, string Body, int Bytes)
    {
        public static Message Of(CloudEvent happened, int bytesMax)
        {
            var body = Encoding.UTF8.GetString(happened.ToJson());
            var bytes = Encoding.UTF8.GetByteCount(body) + Traces(happened).Sum(trace => SqsText.Bytes(trace.Name, trace.Text));
            if (bytes <= bytesMax - ReasonBytesMax) return new Message(happened, body, bytes);
            throw new InvalidOperationException($"The event {happened.Type} {happened.Id} has {bytes} bytes; SQS is given at most {bytesMax - ReasonBytesMax}.");
        }

        public SendMessageBatchRequestEntry ToEntry(string id) => new(id, Body)
        {
            MessageAttributes = Traces(Event).ToDictionary(trace => trace.Name, trace => SqsText.Attribute(trace.Text)) is { Count: > 0 } traces ? traces : null,
        };

        private static IEnumerable<(string Name, string Text)> Traces(CloudEvent happened)
        {
            if (happened.TraceParent is { Length: > 0 } parent) yield return ("traceparent", parent);
            if (happened.TraceState is { Length: > 0 } state) yield return ("tracestate", state);
        }
    }
}
