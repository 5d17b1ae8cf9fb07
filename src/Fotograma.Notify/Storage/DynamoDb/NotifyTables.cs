using Fotograma.Data.DynamoDb;

namespace Fotograma.Notify.Storage.DynamoDb;

/// <summary>The module's tables in DynamoDB.</summary>
internal static class NotifyTables
{
    public const string Contacts = "contacts";
    public const string Notifications = "notifications";

    /// <summary>Notifications that are neither sent nor given up, by channel and what they wait for, in the order in which they came or come due.</summary>
    public const string Due = "waiting-index";

    /// <summary>Notifications by person, in the order in which they were written.</summary>
    public const string OfUser = "user_id-index";

    /// <summary>Notifications by their ids.</summary>
    public const string ById = "id-index";

    /// <summary>Waits for nothing but a sender. No time is compared: whoever wrote it down may have another clock.</summary>
    public static string New(string channel) => $"{channel}#new";

    /// <summary>Waits for the time at which it is tried again.</summary>
    public static string Later(string channel) => channel;

    /// <summary>Is in a sender's hands; the order ends with what tells that taking from every other.</summary>
    public static string InHand(string channel) => $"{channel}#held";

    public static IReadOnlyList<TableDesign> All { get; } =
    [
        new(Contacts, new KeyDesign("user_id")),
        new(Notifications, new KeyDesign("occasion"),
            new IndexDesign(Due, new KeyDesign("waiting", "due_order"), ["id"]),
            new IndexDesign(OfUser, new KeyDesign("user_id", "written_order"), []),
            new IndexDesign(ById, new KeyDesign("id"), [])),
    ];
}
