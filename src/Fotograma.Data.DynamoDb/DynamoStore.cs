using System.Net;
using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;

namespace Fotograma.Data.DynamoDb;

/// <summary>
/// Reads and writes items. A write that meets another one, or is throttled, is tried again with growing pauses and jitter, <see cref="DynamoDbOptions.TriesMax"/>
/// times in all; a write whose condition does not hold is an answer, not a failure. Any other failure is a <see cref="DynamoUnavailableException"/>.
/// </summary>
public sealed class DynamoStore(IAmazonDynamoDB client, DynamoTables tables, DynamoDbOptions options, Random chance, TimeProvider clock)
{
    /// <summary>What one transaction may hold.</summary>
    public const int TransactionItemsMax = 100;

    private const int BatchReadMax = 100;
    private const int BatchWriteMax = 25;
    private const string ConditionFailed = "ConditionalCheckFailed";
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly HashSet<string> Passing = ["None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

    /// <summary>The item with this key as it is now.</summary>
    public async Task<Item?> FindAsync(string table, Item key, CancellationToken cancellation)
    {
        var request = new GetItemRequest { TableName = tables.NameOf(table), Key = key.Attributes, ConsistentRead = true };
        var answer = await TryAsync(() => client.GetItemAsync(request, cancellation), cancellation);
        return answer.Item is { Count: > 0 } item ? new Item(item) : null;
    }

    /// <summary>The items with these keys as they are now, in no particular order; missing ones are left out.</summary>
    public async Task<IReadOnlyList<Item>> FindAsync(string table, IEnumerable<Item> keys, CancellationToken cancellation)
    {
        var name = tables.NameOf(table);
        var found = new List<Item>();
        foreach (var batch in keys.Chunk(BatchReadMax))
        {
            var left = new Dictionary<string, KeysAndAttributes> { [name] = new() { Keys = [.. batch.Select(key => key.Attributes)], ConsistentRead = true } };
            for (var tries = 1; left.Count > 0; tries++)
            {
                var request = new BatchGetItemRequest { RequestItems = left };
                var answer = await TryAsync(() => client.BatchGetItemAsync(request, cancellation), cancellation);
                found.AddRange((answer.Responses?.GetValueOrDefault(name) ?? []).Select(item => new Item(item)));
                left = answer.UnprocessedKeys ?? [];
                if (left.Count > 0) await PauseAsync(tries, cancellation);
            }
        }
        return found;
    }

    /// <summary>The first items of a query, at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<Item>> QueryAsync(ItemQuery query, int limit, CancellationToken cancellation)
    {
        var found = new List<Item>();
        var request = query.ToRequest(tables.NameOf(query.Table), limit);
        do
        {
            var answer = await TryAsync(() => client.QueryAsync(request, cancellation), cancellation);
            found.AddRange((answer.Items ?? []).Select(item => new Item(item)));
            request.ExclusiveStartKey = answer.LastEvaluatedKey;
            request.Limit = limit - found.Count;
        }
        while (request.ExclusiveStartKey is { Count: > 0 } && found.Count < limit);
        return found;
    }

    /// <summary>
    /// Reads a whole table, or the part of it behind a key, for the items in which a number or a time is at least so large. The order is the table's own; items that are
    /// written meanwhile may be among them or not.
    /// </summary>
    public async IAsyncEnumerable<Item> ScanAsync(string table, (string Attribute, object Value) atLeast, Item? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new ScanRequest
        {
            TableName = tables.NameOf(table),
            ConsistentRead = true,
            ExclusiveStartKey = after?.Attributes,
            FilterExpression = "#a >= :a",
            ExpressionAttributeNames = new Dictionary<string, string> { ["#a"] = atLeast.Attribute },
            ExpressionAttributeValues = new Dictionary<string, AttributeValue> { [":a"] = Item.ValueOf(atLeast.Value) },
        };
        do
        {
            var answer = await TryAsync(() => client.ScanAsync(request, cancellation), cancellation);
            foreach (var item in answer.Items ?? []) yield return new Item(item);
            request.ExclusiveStartKey = answer.LastEvaluatedKey;
        }
        while (request.ExclusiveStartKey is { Count: > 0 });
    }

    /// <summary>Writes one item.</summary>
    public async Task<WriteAnswer> WriteAsync(ItemWrite write, CancellationToken cancellation)
    {
        var table = tables.NameOf(write.Table);
        try
        {
            if (write.ToUpdate(table) is { } update)
                return new WriteAnswer(true, new Item((await TryAsync(() => client.UpdateItemAsync(update, cancellation), cancellation)).Attributes ?? []));
            if (write.ToPut(table) is { } put) await TryAsync(() => client.PutItemAsync(put, cancellation), cancellation);
            else if (write.ToDelete(table) is { } delete) await TryAsync(() => client.DeleteItemAsync(delete, cancellation), cancellation);
            else throw new ArgumentException("A check stands in a transaction only.", nameof(write));
            return new WriteAnswer(true, null);
        }
        catch (ConditionalCheckFailedException exception)
        {
            return new WriteAnswer(false, exception.Item is { Count: > 0 } item ? new Item(item) : null);
        }
    }

    /// <summary>Writes several items, all or none.</summary>
    /// <param name="token">Names this write: a repetition whose first answer was lost is recognised by it.</param>
    /// <param name="writes">At most <see cref="TransactionItemsMax"/>, each about another item.</param>
    /// <param name="cancellation">Stops the tries.</param>
    /// <returns>False when a condition did not hold.</returns>
    public async Task<bool> WriteAllAsync(Guid token, IReadOnlyList<ItemWrite> writes, CancellationToken cancellation)
    {
        var request = new TransactWriteItemsRequest
        {
            ClientRequestToken = token.ToString("N"),
            TransactItems = [.. writes.Select(write => write.ToTransaction(tables.NameOf(write.Table)))],
        };
        try
        {
            await TryAsync(() => client.TransactWriteItemsAsync(request, cancellation), cancellation);
            return true;
        }
        catch (TransactionCanceledException exception) when (exception.CancellationReasons?.Exists(reason => reason.Code == ConditionFailed) == true)
        {
            return false;
        }
    }

    /// <summary>Removes items, in no particular order and not as one write.</summary>
    public async Task DeleteAsync(string table, IEnumerable<Item> keys, CancellationToken cancellation)
    {
        var name = tables.NameOf(table);
        foreach (var batch in keys.Chunk(BatchWriteMax))
        {
            var left = new Dictionary<string, List<WriteRequest>> { [name] = [.. batch.Select(key => new WriteRequest(new DeleteRequest(key.Attributes)))] };
            for (var tries = 1; left.Count > 0; tries++)
            {
                var request = new BatchWriteItemRequest { RequestItems = left };
                left = (await TryAsync(() => client.BatchWriteItemAsync(request, cancellation), cancellation)).UnprocessedItems ?? [];
                if (left.Count > 0) await PauseAsync(tries, cancellation);
            }
        }
    }

    private async Task<T> TryAsync<T>(Func<Task<T>> call, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await call();
            }
            catch (AmazonServiceException exception) when (Passes(exception) && tries < options.TriesMax)
            {
                await PauseAsync(tries, cancellation);
            }
            catch (Exception exception) when (DynamoUnavailableException.IsOne(exception) && !cancellation.IsCancellationRequested)
            {
                throw DynamoUnavailableException.Of(exception, options);
            }
        }
    }

    private static bool Passes(AmazonServiceException exception) => exception switch
    {
        TransactionCanceledException { CancellationReasons: { Count: > 0 } reasons } => reasons.TrueForAll(reason => Passing.Contains(reason.Code ?? "None")),
        TransactionConflictException or TransactionInProgressException or ProvisionedThroughputExceededException or RequestLimitExceededException => true,
        ConditionalCheckFailedException => false,
        _ => exception.ErrorCode is "ThrottlingException" or "Throttling" || exception.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable,
    };

    private Task PauseAsync(int tries, CancellationToken cancellation)
    {
        var longest = FirstPause * Math.Pow(2, Math.Min(tries - 1, 20));
        if (longest > LongestPause) longest = LongestPause;
        double drawn;
        lock (chance) drawn = chance.NextDouble();
        return Task.Delay(longest * (0.25 + (0.75 * drawn)), clock, cancellation);
    }
}

/// <summary>What became of a write of one item.</summary>
/// <param name="Done">False when its condition did not hold.</param>
/// <param name="Item">After a change: the item as it is now. After a refusal: as it was found, if there was one.</param>
public sealed record WriteAnswer(bool Done, Item? Item);
