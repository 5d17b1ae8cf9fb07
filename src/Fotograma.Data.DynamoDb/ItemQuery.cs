using Amazon.DynamoDBv2.Model;

namespace Fotograma.Data.DynamoDb;

/// <summary>The items of one partition of a table or of an index, in the order of the sort key.</summary>
/// <param name="Table">The table's name without the prefix.</param>
/// <param name="Partition">The partition key: attribute and value.</param>
public sealed record ItemQuery(string Table, (string Attribute, object Value) Partition)
{
    /// <summary>The index; null for the table itself, which is then read consistently.</summary>
    public string? Index { get; init; }

    /// <summary>Only items whose sort key is less than the value.</summary>
    public (string Attribute, string Value)? Below { get; init; }

    /// <summary>Whether to begin at the end.</summary>
    public bool Descending { get; init; }

    internal QueryRequest ToRequest(string table, int limit)
    {
        var request = new QueryRequest
        {
            TableName = table,
            IndexName = Index,
            // Indexes cannot be read consistently.
            ConsistentRead = Index is null,
            ScanIndexForward = !Descending,
            Limit = limit,
            KeyConditionExpression = "#p = :p",
            ExpressionAttributeNames = new Dictionary<string, string> { ["#p"] = Partition.Attribute },
            ExpressionAttributeValues = new Dictionary<string, AttributeValue> { [":p"] = Item.ValueOf(Partition.Value) },
        };
        if (Below is not { } below) return request;
        request.KeyConditionExpression += " AND #s < :s";
        request.ExpressionAttributeNames["#s"] = below.Attribute;
        request.ExpressionAttributeValues[":s"] = Item.ValueOf(below.Value);
        return request;
    }
}
