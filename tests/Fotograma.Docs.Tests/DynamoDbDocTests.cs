using System.Reflection;
using Fotograma.Data.DynamoDb;
using Fotograma.Jobs;
using Fotograma.Notify;

namespace Fotograma.Docs.Tests;

/// <summary>Holds <c>docs/dynamodb.md</c> to the tables that the code makes: by it people make them by hand.</summary>
public sealed class DynamoDbDocTests
{
    [Fact]
    public void Every_table_and_index_is_there_with_its_keys() => Repository.CodeRows("docs/dynamodb.md").Select(row => string.Join(" | ", row)).ShouldBe(
        Designs(typeof(JobOptions).Assembly, "Fotograma.Jobs.DynamoDb.LedgerTables").Concat(Designs(typeof(NotifyModule).Assembly, "Fotograma.Notify.Storage.DynamoDb.NotifyTables")).SelectMany(Rows));

    private static IReadOnlyList<TableDesign> Designs(Assembly assembly, string type) =>
        (IReadOnlyList<TableDesign>)assembly.GetType(type, throwOnError: true)!.GetProperty("All", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

    private static IEnumerable<string> Rows(TableDesign table) =>
    [
        Row(table.Name, "", table.Key, ""),
        .. table.Indexes.Select(index => Row(table.Name, index.Name, index.Key, index.Attributes is { } some ? string.Join("`, `", some) : "everything")),
    ];

    private static string Row(string table, string index, KeyDesign key, string holds) => string.Join(" | ", table, index, key.Partition, key.Sort ?? "", holds);
}
