using Fotograma.Data.DynamoDb;

namespace Fotograma.Notify.Storage.DynamoDb;

/// <summary>The module's tables in DynamoDB.</summary>
internal static class NotifyTables
{
    public const string Contacts = "contacts";
    public const string Notifications = "notifications";

    /// <summary>Waiting notifications by channel, in the order in which they come due.</summary>
    public const string Due = "waiting-index";

    /// <summary>Notifications by person, in the order in which they were written.</summary>
    public const string OfUser = "user_id-index";

    /// <summary>Notifications by their ids.</summary>
    public const string ById = "id-index";

    public static IReadOnlyList<TableDesign> All { get; } =
    [
        new(Contacts, new KeyDesign("user_id")),
        new(Notifications, new KeyDesign("occasion"),
            new IndexDesign(Due, new KeyDesign("waiting", "due_order"), ["id"]),
            new IndexDesign(OfUser, new KeyDesign("user_id", "written_order"), []),
            new IndexDesign(ById, new KeyDesign("id"), [])),
    ];
}
