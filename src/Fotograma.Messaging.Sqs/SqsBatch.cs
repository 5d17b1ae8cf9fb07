using Amazon.SQS.Model;

namespace Fotograma.Messaging.Sqs;

/// <summary>SQS settles each entry of a batch for itself: some may fail while others do not.</summary>
internal sealed class SqsBatch(SqsOptions options, TimeProvider clock)
{
    /// <summary>Entries that SQS takes at a time.</summary>
    public const int EntriesMax = 10;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Sends entries, and those that failed for no fault of their own again, a bounded number of times.</summary>
    /// <param name="entries">At most ten.</param>
    /// <param name="send">Sends some of them, each with its place among <paramref name="entries"/> as its id; tells which failed.</param>
    /// <param name="cancellation">Ends it between two tries too.</param>
    /// <returns>What has failed for good, with its place.</returns>
    public async Task<IReadOnlyList<(int Place, string Fault)>> SendAsync<T>(
        IReadOnlyList<T> entries, Func<IReadOnlyList<(string Id, T Entry)>, Task<List<BatchResultErrorEntry>?>> send, CancellationToken cancellation)
    {
        var left = Enumerable.Range(0, entries.Count).ToList();
        var failed = new List<(int, string)>();
        for (var retries = 0; ; retries++)
        {
            var errors = await send([.. left.Select(place => ($"{place}", entries[place]))]) ?? [];
            var again = errors.Where(error => error.SenderFault != true && retries < options.RetriesMax).ToList();
            failed.AddRange(errors.Except(again).Select(error => (Place(error), $"{error.Code}: {error.Message}")));
            if (again.Count == 0) return failed;
            left = [.. again.Select(Place)];
            await Task.Delay(FirstPause * Math.Pow(2, retries), clock, cancellation);
        }
    }

    private static int Place(BatchResultErrorEntry error) => int.Parse(error.Id, System.Globalization.CultureInfo.InvariantCulture);
}
