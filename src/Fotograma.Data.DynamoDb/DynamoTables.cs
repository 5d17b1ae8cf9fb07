using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Microsoft.Extensions.Logging;

namespace Fotograma.Data.DynamoDb;

/// <summary>Makes the tables of this process or checks that they are there, before anything writes.</summary>
public sealed partial class DynamoTables
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);
    private readonly IAmazonDynamoDB client;
    private readonly IReadOnlyList<TableDesign> designs;
    private readonly DynamoDbOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<DynamoTables> log;

    /// <summary>For these tables.</summary>
    public DynamoTables(IAmazonDynamoDB client, IEnumerable<TableDesign> designs, DynamoDbOptions options, TimeProvider clock, ILogger<DynamoTables> log)
    {
        this.client = client;
        this.designs = [.. designs];
        this.options = options;
        this.clock = clock;
        this.log = log;
    }

    /// <summary>The whole name of a table.</summary>
    public string NameOf(string table) => options.TablePrefix + table;

    /// <summary>Makes what is missing, if that is allowed, and waits until it can be used.</summary>
    /// <exception cref="IOException">Tables are missing or look different; the message says which.</exception>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        var faults = new List<string>();
        foreach (var design in designs)
        {
            var found = await DescribeAsync(design, cancellation);
            if (found is null && options.CreateTables)
            {
                await CreateAsync(design, cancellation);
                found = await DescribeAsync(design, cancellation);
            }
            // A table with another key is somebody else's.
            if (found is not null && options.CreateTables && Same(found.KeySchema, design.Key)) found = await GrowAsync(design, found, cancellation);
            if (found is null) faults.Add($"the table {NameOf(design.Name)} is missing");
            else faults.AddRange(Differences(design, found));
        }
        if (faults.Count > 0) throw new IOException($"DynamoDB is not as Fotograma needs it: {string.Join("; ", faults)}.");
        foreach (var design in designs) await WaitAsync(design, cancellation);
    }

    /// <summary>Asks for a sign of life: whether every table answers.</summary>
    public async Task PingAsync(CancellationToken cancellation)
    {
        foreach (var design in designs)
        {
            if (await DescribeAsync(design, cancellation) is null) throw new IOException($"The table {NameOf(design.Name)} is missing.");
        }
    }

    /// <summary>Looks without making anything.</summary>
    /// <returns>What was found, for the operator.</returns>
    /// <exception cref="IOException">Tables look different, or are missing and may not be made; the message says which.</exception>
    public async Task<string> TryAsync(CancellationToken cancellation)
    {
        var (missing, faults) = (new List<string>(), new List<string>());
        foreach (var design in designs)
        {
            if (await DescribeAsync(design, cancellation) is not { } found)
            {
                missing.Add(NameOf(design.Name));
                continue;
            }
            faults.AddRange(Differences(design, found));
            if (options.CreateTables) missing.AddRange(design.Indexes.Where(index => !Has(found, index)).Select(index => $"{index.Name} of {NameOf(design.Name)}"));
        }
        if (!options.CreateTables) faults.AddRange(missing.Select(name => $"the table {name} is missing"));
        if (faults.Count > 0) throw new IOException($"DynamoDB is not as Fotograma needs it: {string.Join("; ", faults)}.");
        return missing.Count == 0 ? $"{designs.Count} tables" : $"answers; to be made at the start: {string.Join(", ", missing)}";
    }

    private async Task<TableDescription?> DescribeAsync(TableDesign design, CancellationToken cancellation)
    {
        try
        {
            return (await client.DescribeTableAsync(NameOf(design.Name), cancellation)).Table;
        }
        catch (ResourceNotFoundException)
        {
            return null;
        }
    }

    private async Task CreateAsync(TableDesign design, CancellationToken cancellation)
    {
        var keys = design.Indexes.Select(index => index.Key).Append(design.Key);
        var request = new CreateTableRequest
        {
            TableName = NameOf(design.Name),
            BillingMode = BillingMode.PAY_PER_REQUEST,
            KeySchema = SchemaOf(design.Key),
            AttributeDefinitions = [.. keys.SelectMany(Parts).Distinct().Select(name => new AttributeDefinition(name, ScalarAttributeType.S))],
            GlobalSecondaryIndexes = design.Indexes.Count == 0 ? null : [.. design.Indexes.Select(IndexOf)],
        };
        try
        {
            await client.CreateTableAsync(request, cancellation);
            LogCreated(request.TableName);
        }
        catch (ResourceInUseException)
        {
            // Another process makes it at this moment.
        }
    }

    /// <summary>Adds the indexes that a newer version wants, one at a time, as DynamoDB will have it. The version before works on meanwhile.</summary>
    private async Task<TableDescription> GrowAsync(TableDesign design, TableDescription found, CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        while (design.Indexes.FirstOrDefault(index => !Has(found, index)) is { } missing)
        {
            found = await WaitAsync(design, since, cancellation);
            MustBeSoon(design, since);
            if (!Has(found, missing)) await AddAsync(missing, found, cancellation);
            found = await WaitAsync(design, since, cancellation);
        }
        return found;
    }

    private async Task AddAsync(IndexDesign index, TableDescription table, CancellationToken cancellation)
    {
        var whole = IndexOf(index);
        var request = new UpdateTableRequest
        {
            TableName = table.TableName,
            AttributeDefinitions = [.. Parts(index.Key).Select(name => new AttributeDefinition(name, ScalarAttributeType.S))],
            GlobalSecondaryIndexUpdates =
            [
                new() { Create = new() { IndexName = whole.IndexName, KeySchema = whole.KeySchema, Projection = whole.Projection } },
            ],
        };
        try
        {
            await client.UpdateTableAsync(request, cancellation);
            LogAdded(index.Name, table.TableName);
        }
        catch (Exception exception) when (exception is ResourceInUseException or LimitExceededException)
        {
            // Another process adds it, or another one, at this moment.
            await Task.Delay(LookInterval, clock, cancellation);
        }
    }

    private static bool Has(TableDescription table, IndexDesign index) => (table.GlobalSecondaryIndexes ?? []).Exists(known => known.IndexName == index.Name);

    private Task<TableDescription> WaitAsync(TableDesign design, CancellationToken cancellation) => WaitAsync(design, clock.GetTimestamp(), cancellation);

    private async Task<TableDescription> WaitAsync(TableDesign design, long since, CancellationToken cancellation)
    {
        while (true)
        {
            if (await DescribeAsync(design, cancellation) is { } table && table.TableStatus == TableStatus.ACTIVE
                && (table.GlobalSecondaryIndexes ?? []).TrueForAll(index => index.IndexStatus == IndexStatus.ACTIVE)) return table;
            MustBeSoon(design, since);
            await Task.Delay(LookInterval, clock, cancellation);
        }
    }

    private void MustBeSoon(TableDesign design, long since)
    {
        if (clock.GetElapsedTime(since) > TimeSpan.FromSeconds(options.CreationWaitSecondsMax))
            throw new IOException($"The table {NameOf(design.Name)} cannot be used after {options.CreationWaitSecondsMax} seconds.");
    }

    private IEnumerable<string> Differences(TableDesign design, TableDescription found)
    {
        if (!Same(found.KeySchema, design.Key)) yield return $"the table {NameOf(design.Name)} has another key";
        foreach (var index in design.Indexes)
        {
            var present = (found.GlobalSecondaryIndexes ?? []).Find(known => known.IndexName == index.Name);
            if (present is null && options.CreateTables) continue;
            if (present is null) yield return $"the table {NameOf(design.Name)} lacks the index {index.Name}";
            else if (!Same(present.KeySchema, index.Key)) yield return $"the index {index.Name} of the table {NameOf(design.Name)} has another key";
        }
    }

    private static bool Same(List<KeySchemaElement> found, KeyDesign design) => found.Select(part => part.AttributeName).SequenceEqual(Parts(design));

    private static IEnumerable<string> Parts(KeyDesign key) => key.Sort is null ? [key.Partition] : [key.Partition, key.Sort];

    private static List<KeySchemaElement> SchemaOf(KeyDesign key) =>
        [.. Parts(key).Select((name, place) => new KeySchemaElement(name, place == 0 ? KeyType.HASH : KeyType.RANGE))];

    private static GlobalSecondaryIndex IndexOf(IndexDesign index) => new()
    {
        IndexName = index.Name,
        KeySchema = SchemaOf(index.Key),
        Projection = index.Attributes switch
        {
            null => new Projection { ProjectionType = ProjectionType.ALL },
            [] => new Projection { ProjectionType = ProjectionType.KEYS_ONLY },
            var some => new Projection { ProjectionType = ProjectionType.INCLUDE, NonKeyAttributes = [.. some] },
        },
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "The table {Table} was made.")]
    private partial void LogCreated(string table);

    [LoggerMessage(Level = LogLevel.Information, Message = "The index {Index} is being added to the table {Table}.")]
    private partial void LogAdded(string index, string table);
}
