using System.Globalization;
using System.Threading.Channels;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace Fotograma.Messaging.Sqs;

/// <summary>What is done to the messages that one consumption has in hand.</summary>
internal sealed class SqsHolding(SqsCalls calls, SqsBatch batch, SqsQueue queue, TimeSpan hiddenFor)
{
    // SQS lets nothing hide for longer than 12 hours, counted from the receive; an hour is left for the handling that went before.
    private static readonly TimeSpan DelayMax = TimeSpan.FromHours(11);
    private readonly Channel<(string Receipt, TaskCompletionSource Deleted)> deletions = Channel.CreateUnbounded<(string, TaskCompletionSource)>();

    /// <summary>Receives up to <paramref name="most"/> messages and hides them from the others.</summary>
    public async Task<IReadOnlyList<SqsInHand>> ReceiveAsync(int most, TimeSpan wait, CancellationToken cancellation)
    {
        var request = new ReceiveMessageRequest(queue.Url)
        {
            MaxNumberOfMessages = Math.Min(most, SqsBatch.EntriesMax),
            VisibilityTimeout = Seconds(hiddenFor),
            WaitTimeSeconds = Seconds(wait),
            MessageSystemAttributeNames = [MessageSystemAttributeName.ApproximateReceiveCount, MessageSystemAttributeName.ApproximateFirstReceiveTimestamp],
        };
        return [.. ((await calls.CallAsync((sqs, c) => sqs.ReceiveMessageAsync(request, c), wait, cancellation)).Messages ?? []).Select(SqsInHand.Of)];
    }

    /// <summary>Hides the message for as long again.</summary>
    /// <returns>False when it is no longer this consumer's.</returns>
    public async Task<bool> HideAsync(SqsInHand inHand)
    {
        try
        {
            await ChangeAsync(inHand, hiddenFor);
            return true;
        }
        catch (AmazonSQSException exception) when (IsGone(exception))
        {
            return false;
        }
    }

    /// <summary>Puts the message back, to come again after the delay.</summary>
    public Task ReleaseAsync(SqsInHand inHand, TimeSpan delay) => ChangeAsync(inHand, delay < DelayMax ? delay : DelayMax);

    /// <summary>Deletes the message, together with others that are being deleted now.</summary>
    public Task DeleteAsync(SqsInHand inHand)
    {
        var deleted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        deletions.Writer.TryWrite((inHand.Receipt, deleted));
        return deleted.Task;
    }

    /// <summary>Deletes until <see cref="Close"/> is called.</summary>
    public async Task DeleteAllAsync()
    {
        while (await deletions.Reader.WaitToReadAsync())
        {
            var some = new List<(string Receipt, TaskCompletionSource Deleted)>(SqsBatch.EntriesMax);
            while (some.Count < SqsBatch.EntriesMax && deletions.Reader.TryRead(out var one)) some.Add(one);
            await DeleteAsync(some);
        }
    }

    public void Close() => deletions.Writer.Complete();

    private async Task DeleteAsync(List<(string Receipt, TaskCompletionSource Deleted)> some)
    {
        try
        {
            var failed = await batch.SendAsync(some, async entries =>
            {
                var request = new DeleteMessageBatchRequest(queue.Url, [.. entries.Select(entry => new DeleteMessageBatchRequestEntry(entry.Id, entry.Entry.Receipt))]);
                return (await calls.CallAsync((sqs, c) => sqs.DeleteMessageBatchAsync(request, c), CancellationToken.None)).Failed;
            }, CancellationToken.None);
            foreach (var (place, fault) in failed) some[place].Deleted.SetException(new InvalidOperationException($"SQS did not delete the message: {fault}"));
        }
        catch (Exception exception)
        {
            foreach (var (_, deleted) in some) deleted.TrySetException(exception);
        }
        foreach (var (_, deleted) in some) deleted.TrySetResult();
    }

    private async Task ChangeAsync(SqsInHand inHand, TimeSpan visibleIn) => await calls.CallAsync(
        (sqs, c) => sqs.ChangeMessageVisibilityAsync(queue.Url, inHand.Receipt, Seconds(visibleIn), c), CancellationToken.None);

    // Settled by another, put back because its time ran out, or at the end of the 12 hours.
    private static bool IsGone(AmazonSQSException exception) =>
        exception is MessageNotInflightException or ReceiptHandleIsInvalidException || exception.ErrorCode is "InvalidParameterValue" or "MessageNotInflight" or "ReceiptHandleIsInvalid";

    private static int Seconds(TimeSpan span) => Convert.ToInt32(Math.Ceiling(span.TotalSeconds), CultureInfo.InvariantCulture);
}
