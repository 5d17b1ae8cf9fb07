namespace Fotograma.Data.DynamoDb;

/// <summary>What a table must look like.</summary>
/// <param name="Name">Without the prefix.</param>
/// <param name="Key">Its key.</param>
/// <param name="Indexes">Its global secondary indexes.</param>
public sealed record TableDesign(string Name, KeyDesign Key, params IReadOnlyList<IndexDesign> Indexes);

/// <summary>A key; both parts are strings.</summary>
/// <param name="Partition">The attribute by which items are spread.</param>
/// <param name="Sort">The attribute by which the items of a partition are sorted, if there is one.</param>
public sealed record KeyDesign(string Partition, string? Sort = null);

/// <summary>A global secondary index. Items without its key's attributes are not in it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Key">Its key.</param>
/// <param name="Attributes">What it holds beside the keys; null for everything.</param>
public sealed record IndexDesign(string Name, KeyDesign Key, IReadOnlyList<string>? Attributes = null);
