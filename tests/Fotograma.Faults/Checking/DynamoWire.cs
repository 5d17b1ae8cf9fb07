using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fotograma.Faults.Checking;

/// <summary>One write that a stream tells of.</summary>
/// <param name="At">When, to the second.</param>
/// <param name="Before">The item before; null when there was none.</param>
/// <param name="After">The item after; null when it was deleted.</param>
internal sealed record DynamoChange(DateTimeOffset At, JsonElement? Before, JsonElement? After);

/// <summary>The protocol of DynamoDB and of its streams, as far as a witness needs it. DynamoDB Local takes any signature.</summary>
internal sealed class DynamoWire : IDisposable
{
    private const string Tables = "DynamoDB_20120810";
    private const string Streams = "DynamoDBStreams_20120810";
    private const int RecordsMax = 1000;
    private const int EmptyPagesMax = 3;
    private readonly HttpClient http;

    public DynamoWire(Uri service)
    {
        http = new HttpClient { BaseAddress = service };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none");
    }

    /// <summary>Has a table tell of every write from now on.</summary>
    public Task BeginStreamAsync(string table, CancellationToken cancellation) => AskAsync(
        Tables, "UpdateTable", new JsonObject { ["TableName"] = table, ["StreamSpecification"] = new JsonObject { ["StreamEnabled"] = true, ["StreamViewType"] = "NEW_AND_OLD_IMAGES" } }, cancellation);

    /// <summary>All items of a table.</summary>
    public async Task<List<JsonElement>> ScanAsync(string table, CancellationToken cancellation)
    {
        var items = new List<JsonElement>();
        JsonNode? from = null;
        do
        {
            var ask = new JsonObject { ["TableName"] = table, ["ConsistentRead"] = true };
            if (from is not null) ask["ExclusiveStartKey"] = from;
            var answer = await AskAsync(Tables, "Scan", ask, cancellation);
            items.AddRange(answer.GetProperty("Items").EnumerateArray());
            from = answer.TryGetProperty("LastEvaluatedKey", out var last) ? JsonNode.Parse(last.GetRawText()) : null;
        }
        while (from is not null);
        return items;
    }

    /// <summary>Makes or replaces an item.</summary>
    public Task PutAsync(string table, JsonObject item, CancellationToken cancellation) => AskAsync(Tables, "PutItem", new JsonObject { ["TableName"] = table, ["Item"] = item }, cancellation);

    /// <summary>Makes a table whose items are named by one text.</summary>
    public Task MakeTableAsync(string table, string name, CancellationToken cancellation) => AskAsync(
        Tables, "CreateTable", new JsonObject
        {
            ["TableName"] = table, ["BillingMode"] = "PAY_PER_REQUEST",
            ["AttributeDefinitions"] = new JsonArray(new JsonObject { ["AttributeName"] = name, ["AttributeType"] = "S" }),
            ["KeySchema"] = new JsonArray(new JsonObject { ["AttributeName"] = name, ["KeyType"] = "HASH" }),
        }, cancellation);

    /// <summary>All writes to a table since <see cref="BeginStreamAsync"/>, as far as the stream tells of them by now.</summary>
    public async Task<List<DynamoChange>> StreamAsync(string table, CancellationToken cancellation)
    {
        var stream = (await AskAsync(Tables, "DescribeTable", new JsonObject { ["TableName"] = table }, cancellation)).GetProperty("Table").GetProperty("LatestStreamArn").GetString();
        var shards = (await AskAsync(Streams, "DescribeStream", new JsonObject { ["StreamArn"] = stream }, cancellation)).GetProperty("StreamDescription").GetProperty("Shards");
        var changes = new List<(string Place, DynamoChange Change)>();
        foreach (var shard in shards.EnumerateArray().Select(shard => shard.GetProperty("ShardId").GetString())) await ReadAsync(stream!, shard!, changes, cancellation);
        return [.. changes.OrderBy(change => change.Place.Length).ThenBy(change => change.Place, StringComparer.Ordinal).Select(change => change.Change)];
    }

    public void Dispose() => http.Dispose();

    private async Task ReadAsync(string stream, string shard, List<(string Place, DynamoChange Change)> changes, CancellationToken cancellation)
    {
        var begin = await AskAsync(
            Streams, "GetShardIterator", new JsonObject { ["StreamArn"] = stream, ["ShardId"] = shard, ["ShardIteratorType"] = "TRIM_HORIZON" }, cancellation);
        var place = begin.GetProperty("ShardIterator").GetString();
        // An open shard has a next place for ever, and a page of any shard may be empty though there are more.
        for (var empty = 0; place is not null && empty < EmptyPagesMax;)
        {
            var page = await AskAsync(Streams, "GetRecords", new JsonObject { ["ShardIterator"] = place, ["Limit"] = RecordsMax }, cancellation);
            var records = page.GetProperty("Records").EnumerateArray().Select(record => record.GetProperty("dynamodb")).ToList();
            changes.AddRange(records.Select(record => (record.GetProperty("SequenceNumber").GetString()!, ChangeIn(record))));
            empty = records.Count > 0 ? 0 : empty + 1;
            place = page.TryGetProperty("NextShardIterator", out var next) ? next.GetString() : null;
        }
    }

    private static DynamoChange ChangeIn(JsonElement record) => new(
        DateTimeOffset.FromUnixTimeSeconds((long)record.GetProperty("ApproximateCreationDateTime").GetDouble()),
        record.TryGetProperty("OldImage", out var before) ? before : null, record.TryGetProperty("NewImage", out var after) ? after : null);

    private async Task<JsonElement> AskAsync(string api, string operation, JsonObject ask, CancellationToken cancellation)
    {
        using var content = new StringContent(ask.ToJsonString());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.0");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = content };
        request.Headers.Add("X-Amz-Target", $"{api}.{operation}");
        using var answer = await http.SendAsync(request, cancellation);
        var body = await answer.Content.ReadAsStringAsync(cancellation);
        return answer.IsSuccessStatusCode ? JsonElement.Parse(body) : throw new InvalidOperationException($"DynamoDB answered {operation} with {(int)answer.StatusCode}: {body}");
    }
}
