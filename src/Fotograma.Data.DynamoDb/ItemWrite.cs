using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace Fotograma.Data.DynamoDb;

/// <summary>
/// A write of one item with the conditions under which it takes place, alone or as a part of a transaction. Attributes are named as they are; this puts them out of
/// the way of DynamoDB's reserved words.
/// </summary>
public sealed class ItemWrite
{
    private readonly Kind kind;
    private readonly Dictionary<string, AttributeValue> item;
    private readonly List<string> sets = [];
    private readonly List<string> removes = [];
    private readonly List<string> adds = [];
    private readonly List<string> deletes = [];
    private readonly List<string> conditions = [];
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AttributeValue> values = new(StringComparer.Ordinal);

    private ItemWrite(Kind kind, string table, Item item)
    {
        this.kind = kind;
        Table = table;
        this.item = item.Attributes;
    }

    private enum Kind
    {
        Put,
        Update,
        Delete,
        Check,
    }

    /// <summary>The table's name without the prefix.</summary>
    public string Table { get; }

    /// <summary>Writes a whole item.</summary>
    public static ItemWrite Put(string table, Item item) => new(Kind.Put, table, item);

    /// <summary>Changes attributes of the item with this key, which is made when it is missing and no condition forbids it.</summary>
    public static ItemWrite Update(string table, Item key) => new(Kind.Update, table, key);

    /// <summary>Removes the item with this key.</summary>
    public static ItemWrite Delete(string table, Item key) => new(Kind.Delete, table, key);

    /// <summary>Changes nothing; only for its conditions, inside a transaction.</summary>
    public static ItemWrite Check(string table, Item key) => new(Kind.Check, table, key);

    /// <summary>Sets an attribute; null removes it.</summary>
    public ItemWrite Set(string attribute, object? value)
    {
        if (value is null) removes.Add(NameOf(attribute));
        else sets.Add($"{NameOf(attribute)} = {ValueOf(value)}");
        return this;
    }

    /// <summary>Removes attributes.</summary>
    public ItemWrite Remove(params ReadOnlySpan<string> attributes)
    {
        foreach (var attribute in attributes) removes.Add(NameOf(attribute));
        return this;
    }

    /// <summary>Adds to a number, or texts to a set.</summary>
    public ItemWrite Add(string attribute, object value)
    {
        adds.Add($"{NameOf(attribute)} {ValueOf(value)}");
        return this;
    }

    /// <summary>Takes texts out of a set.</summary>
    public ItemWrite TakeOut(string attribute, IReadOnlyList<string> texts)
    {
        deletes.Add($"{NameOf(attribute)} {ValueOf(texts)}");
        return this;
    }

    /// <summary>Only if the attribute compares to the value: <c>=</c>, <c>&lt;</c>, <c>&gt;=</c> and so on.</summary>
    public ItemWrite If(string attribute, string comparison, object value)
    {
        conditions.Add($"{NameOf(attribute)} {comparison} {ValueOf(value)}");
        return this;
    }

    /// <summary>Only if the attribute has one of these values.</summary>
    public ItemWrite IfOneOf(string attribute, params ReadOnlySpan<string> allowed)
    {
        var all = new List<string>();
        foreach (var value in allowed) all.Add(ValueOf(value));
        conditions.Add($"{NameOf(attribute)} IN ({string.Join(", ", all)})");
        return this;
    }

    /// <summary>Only if there is no such attribute; of a key's attribute: no such item.</summary>
    public ItemWrite IfMissing(string attribute)
    {
        conditions.Add($"attribute_not_exists({NameOf(attribute)})");
        return this;
    }

    /// <summary>Only if the attribute is missing or less than the value.</summary>
    public ItemWrite IfMissingOrLess(string attribute, object value)
    {
        var name = NameOf(attribute);
        conditions.Add($"(attribute_not_exists({name}) OR {name} < {ValueOf(value)})");
        return this;
    }

    internal PutItemRequest? ToPut(string table) => kind != Kind.Put ? null : new PutItemRequest
    {
        TableName = table,
        Item = item,
        ConditionExpression = Condition,
        ExpressionAttributeNames = Names,
        ExpressionAttributeValues = Values,
        ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
    };

    internal UpdateItemRequest? ToUpdate(string table) => kind != Kind.Update ? null : new UpdateItemRequest
    {
        TableName = table,
        Key = item,
        UpdateExpression = Changes,
        ConditionExpression = Condition,
        ExpressionAttributeNames = Names,
        ExpressionAttributeValues = Values,
        ReturnValues = ReturnValue.ALL_NEW,
        ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
    };

    internal DeleteItemRequest? ToDelete(string table) => kind != Kind.Delete ? null : new DeleteItemRequest
    {
        TableName = table,
        Key = item,
        ConditionExpression = Condition,
        ExpressionAttributeNames = Names,
        ExpressionAttributeValues = Values,
    };

    internal TransactWriteItem ToTransaction(string table) => kind switch
    {
        Kind.Put => new TransactWriteItem
        {
            Put = new Put { TableName = table, Item = item, ConditionExpression = Condition, ExpressionAttributeNames = Names, ExpressionAttributeValues = Values },
        },
        Kind.Update => new TransactWriteItem
        {
            Update = new Update
            {
                TableName = table, Key = item, UpdateExpression = Changes, ConditionExpression = Condition, ExpressionAttributeNames = Names,
                ExpressionAttributeValues = Values,
            },
        },
        Kind.Delete => new TransactWriteItem
        {
            Delete = new Delete { TableName = table, Key = item, ConditionExpression = Condition, ExpressionAttributeNames = Names, ExpressionAttributeValues = Values },
        },
        _ => new TransactWriteItem
        {
            ConditionCheck = new ConditionCheck
            {
                TableName = table, Key = item, ConditionExpression = Condition, ExpressionAttributeNames = Names, ExpressionAttributeValues = Values,
            },
        },
    };

    private string? Condition => conditions.Count == 0 ? null : string.Join(" AND ", conditions);

    // The client and the server refuse empty maps.
    private Dictionary<string, string>? Names => names.Count == 0 ? null : names.ToDictionary(pair => pair.Value, pair => pair.Key);

    private Dictionary<string, AttributeValue>? Values => values.Count == 0 ? null : values;

    private string Changes => string.Join(" ", Clauses());

    private IEnumerable<string> Clauses()
    {
        if (sets.Count > 0) yield return $"SET {string.Join(", ", sets)}";
        if (removes.Count > 0) yield return $"REMOVE {string.Join(", ", removes)}";
        if (adds.Count > 0) yield return $"ADD {string.Join(", ", adds)}";
        if (deletes.Count > 0) yield return $"DELETE {string.Join(", ", deletes)}";
    }

    private string NameOf(string attribute)
    {
        if (names.TryGetValue(attribute, out var known)) return known;
        return names[attribute] = $"#a{names.Count.ToString(CultureInfo.InvariantCulture)}";
    }

    private string ValueOf(object value)
    {
        var name = $":v{values.Count.ToString(CultureInfo.InvariantCulture)}";
        values[name] = Item.ValueOf(value);
        return name;
    }
}
