using System.Globalization;
using Amazon.DynamoDBv2.Model;

namespace Fotograma.Data.DynamoDb;

/// <summary>
/// One item as attributes by name. Ids are strings, times are Unix milliseconds, and what is null is absent.
/// </summary>
public sealed class Item(Dictionary<string, AttributeValue> attributes)
{
    /// <summary>An item without attributes.</summary>
    public Item()
        : this([])
    {
    }

    /// <summary>The attributes as the client wants them.</summary>
    public Dictionary<string, AttributeValue> Attributes { get; } = attributes;

    /// <summary>Sets an attribute; null leaves it out.</summary>
    public Item With(string name, object? value)
    {
        if (value is not null) Attributes[name] = ValueOf(value);
        return this;
    }

    /// <summary>Whether there is such an attribute.</summary>
    public bool Has(string name) => Attributes.ContainsKey(name);

    /// <summary>A text that must be there.</summary>
    public string Text(string name) => Attributes[name].S;

    /// <summary>A text, if it is there.</summary>
    public string? TextOrNull(string name) => Attributes.TryGetValue(name, out var value) ? value.S : null;

    /// <summary>An id that must be there.</summary>
    public Guid Id(string name) => Guid.Parse(Text(name));

    /// <summary>A whole number that must be there.</summary>
    public long Number(string name) => long.Parse(Attributes[name].N, CultureInfo.InvariantCulture);

    /// <summary>A whole number, if it is there.</summary>
    public long? NumberOrNull(string name) => Has(name) ? Number(name) : null;

    /// <summary>A number, if it is there.</summary>
    public double? DoubleOrNull(string name) => Attributes.TryGetValue(name, out var value) ? double.Parse(value.N, CultureInfo.InvariantCulture) : null;

    /// <summary>A time that must be there.</summary>
    public DateTimeOffset Time(string name) => DateTimeOffset.FromUnixTimeMilliseconds(Number(name));

    /// <summary>A time, if it is there.</summary>
    public DateTimeOffset? TimeOrNull(string name) => Has(name) ? Time(name) : null;

    /// <summary>Bytes that must be there.</summary>
    public byte[] Bytes(string name) => Attributes[name].B.ToArray();

    /// <summary>A set of texts; empty when it is absent.</summary>
    public IReadOnlyList<string> Texts(string name) => Attributes.TryGetValue(name, out var value) ? value.SS : [];

    /// <summary>A value as DynamoDB keeps it.</summary>
    public static AttributeValue ValueOf(object value) => value switch
    {
        string text => new AttributeValue { S = text },
        Guid id => new AttributeValue { S = id.ToString() },
        int number => new AttributeValue { N = number.ToString(CultureInfo.InvariantCulture) },
        long number => new AttributeValue { N = number.ToString(CultureInfo.InvariantCulture) },
        // DynamoDB keeps 38 digits and would refuse what is not a number or endless.
        double number when double.IsFinite(number) => new AttributeValue { N = number.ToString("R", CultureInfo.InvariantCulture) },
        DateTimeOffset time => new AttributeValue { N = time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) },
        byte[] bytes => new AttributeValue { B = new MemoryStream(bytes) },
        IReadOnlyList<string> texts => new AttributeValue { SS = [.. texts] },
        _ => throw new ArgumentException($"A {value.GetType().Name} cannot be kept in DynamoDB.", nameof(value)),
    };
}
