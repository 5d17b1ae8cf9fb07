using Fotograma.Kernel.Hosting;

namespace Fotograma.Notify.Storage;

/// <summary>Where notifications are kept.</summary>
internal sealed class NotifyOptions : ICheckedOptions
{
    public const string Section = "Notify";

    /// <summary>Where notifications and contacts are kept: in the module's database, or in DynamoDB.</summary>
    public NotificationStore Store { get; set; } = NotificationStore.Database;

    public IEnumerable<string> Problems()
    {
        if (!Enum.IsDefined(Store)) yield return "Store must be Database or DynamoDb.";
    }
}

/// <summary>What notifications can be kept in.</summary>
internal enum NotificationStore
{
    /// <summary>The database that the section <c>Database</c> names.</summary>
    Database,

    /// <summary>Tables in DynamoDB, by the section <c>DynamoDb</c>.</summary>
    DynamoDb,
}
