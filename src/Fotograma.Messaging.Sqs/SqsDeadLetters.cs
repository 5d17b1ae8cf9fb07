using System.Globalization;
using System.Text;
using Amazon.SQS;
using Amazon.SQS.Model;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Sqs;

/// <summary>What a group gave up: kept in a queue beside its own, with the reason as an attribute.</summary>
internal sealed class SqsDeadLetters(SqsCalls calls, SqsBatch batch, SqsPublisher publisher, SqsOptions options, TimeProvider clock)
{
    private const string Reason = "fotograma-reason";
    private const string At = "fotograma-at";
    private const string NoReason = "moved by SQS, which gives no reason (maxReceiveCount)";
    private const int HiddenSeconds = 60;
    private const int ReadMax = 10_000;

    public async Task BuryAsync(SqsQueue queue, string body, string reason, CancellationToken cancellation)
    {
        var at = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        var room = options.MessageBytesMax - Encoding.UTF8.GetByteCount(body) - SqsText.Bytes(At, at) - SqsText.Bytes(Reason, "");
        var kept = SqsText.Fit(reason, Math.Min(room, SqsPublisher.ReasonBytesMax / 2));
        // A foreign message may fill all the room there is; then it is kept without a reason. SQS takes no empty text.
        var attributes = new Dictionary<string, MessageAttributeValue>();
        if (room >= 0) attributes[At] = SqsText.Attribute(at);
        if (kept.Length > 0) attributes[Reason] = SqsText.Attribute(kept);
        var request = new SendMessageRequest(queue.DeadLetterUrl, body) { MessageAttributes = attributes };
        await calls.CallAsync((sqs, c) => sqs.SendMessageAsync(request, c), cancellation);
    }

    /// <summary>
    /// Takes everything in hand, because SQS hands out in no order, and puts it back. Whoever reads at the same time sees less. Each read hides the letters for as
    /// long as it takes, a minute at most should it die in between.
    /// </summary>
    public async Task<IReadOnlyList<DeadLetter>> ReadAsync(SqsQueue queue, int limit, CancellationToken cancellation)
    {
        var taken = new List<Message>();
        try
        {
            while (taken.Count < ReadMax && await TakeAsync(queue, cancellation) is { Count: > 0 } more) taken.AddRange(more);
        }
        finally
        {
            await PutBackAsync(queue, taken);
        }
        return [.. taken.DistinctBy(message => message.MessageId).Select(Letter).OrderBy(letter => letter.At).Take(limit)];
    }

    /// <summary>
    /// Sends the letters' events to the group's queue and deletes each letter whose event SQS has confirmed. What stays is put back at the end, or shows again after a minute should
    /// this die in between. An event is given once in a call: a letter of it that turns up later may tell that it failed again.
    /// </summary>
    public async Task<Redriven> RedriveAsync(SqsQueue queue, Guid? only, CancellationToken cancellation)
    {
        var staying = new Dictionary<string, Message>(StringComparer.Ordinal);
        var (given, unreadable, nothingNew) = (new HashSet<Guid>(), 0, 0);
        try
        {
            // What stays shows again when there is much of it. Once that much brought nothing new, everything was seen.
            while (nothingNew <= staying.Count && await TakeAsync(queue, cancellation) is { Count: > 0 } some)
            {
                var fresh = some.Where(message => !staying.ContainsKey(message.MessageId)).DistinctBy(message => message.MessageId).Select(message => (Message: message, Letter(message).Event)).ToList();
                foreach (var message in some) staying[message.MessageId] = message;
                nothingNew = fresh.Count == 0 ? nothingNew + some.Count : 0;
                unreadable += fresh.Count(one => one.Event is null);
                var wanted = fresh.Where(one => one.Event is { } happened && (only is null || happened.Id == only) && given.Add(happened.Id)).ToList();
                if (wanted.Count == 0) continue;
                await publisher.PublishAsync([.. wanted.Select(one => (queue.Url, one.Event!))], cancellation);
                Steps.Reached(Steps.EventRedriven);
                await DeleteAsync(queue, [.. wanted.Select(one => one.Message)]);
                foreach (var (message, _) in wanted) staying.Remove(message.MessageId);
            }
        }
        finally
        {
            await PutBackAsync(queue, staying.Values);
        }
        return new Redriven(given.Count, unreadable);
    }

    // Held open for a second: only then all of SQS's machines are asked. Never broken off: SQS may hand out what nobody waits for any more, and hide it.
    private async Task<List<Message>?> TakeAsync(SqsQueue queue, CancellationToken cancellation)
    {
        var request = new ReceiveMessageRequest(queue.DeadLetterUrl)
        {
            MaxNumberOfMessages = SqsBatch.EntriesMax,
            VisibilityTimeout = HiddenSeconds,
            WaitTimeSeconds = 1,
            MessageAttributeNames = [Reason, At],
            MessageSystemAttributeNames = [MessageSystemAttributeName.SentTimestamp],
        };
        cancellation.ThrowIfCancellationRequested();
        return (await calls.CallAsync((sqs, c) => sqs.ReceiveMessageAsync(request, c), TimeSpan.FromSeconds(1), CancellationToken.None)).Messages;
    }

    private async Task PutBackAsync(SqsQueue queue, IReadOnlyCollection<Message> messages)
    {
        foreach (var some in messages.Chunk(SqsBatch.EntriesMax))
        {
            await batch.SendAsync(some, async entries =>
            {
                var request = new ChangeMessageVisibilityBatchRequest(queue.DeadLetterUrl,
                    [.. entries.Select(entry => new ChangeMessageVisibilityBatchRequestEntry(entry.Id, entry.Entry.ReceiptHandle) { VisibilityTimeout = 0 })]);
                return (await calls.CallAsync((sqs, c) => sqs.ChangeMessageVisibilityBatchAsync(request, c), CancellationToken.None)).Failed;
            }, CancellationToken.None);
        }
    }

    private async Task DeleteAsync(SqsQueue queue, Message[] messages)
    {
        var failed = await batch.SendAsync(messages, async entries =>
        {
            var request = new DeleteMessageBatchRequest(queue.DeadLetterUrl, [.. entries.Select(entry => new DeleteMessageBatchRequestEntry(entry.Id, entry.Entry.ReceiptHandle))]);
            return (await calls.CallAsync((sqs, c) => sqs.DeleteMessageBatchAsync(request, c), CancellationToken.None)).Failed;
        }, CancellationToken.None);
        if (failed.Count > 0) throw new InvalidOperationException($"SQS gave {failed.Count} events to the group and did not delete their dead letters: {failed[0].Fault}");
    }

    private static DeadLetter Letter(Message message)
    {
        var body = Encoding.UTF8.GetBytes(message.Body ?? "");
        var happened = CloudEvent.TryFromJson(body, out var fault);
        return AttributeOf(message, At) is { } at
            ? new DeadLetter(happened, body, AttributeOf(message, Reason) ?? "", DateTimeOffset.Parse(at, CultureInfo.InvariantCulture))
            : new DeadLetter(happened, body, fault ?? NoReason, SentAt(message));
    }

    private static string? AttributeOf(Message message, string name) =>
        message.MessageAttributes is { } attributes && attributes.TryGetValue(name, out var value) ? value.StringValue : null;

    private static DateTimeOffset SentAt(Message message) =>
        message.Attributes is { } attributes && attributes.TryGetValue(MessageSystemAttributeName.SentTimestamp, out var sent)
            ? DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(sent, CultureInfo.InvariantCulture)) : default;
}
