using System.Text.RegularExpressions;

namespace Fotograma.Messaging.Kafka;

/// <summary>What things are called on the brokers.</summary>
internal sealed partial class TopicNames(KafkaOptions options)
{
    /// <summary>The topic of a type of event.</summary>
    public string Of(string type) => Legal(options.TopicPrefix + type);

    /// <summary>The consumer group on the brokers.</summary>
    public string Group(string group) => Legal(options.GroupPrefix + group);

    /// <summary>Where a group's events wait for another attempt.</summary>
    public string Retries(string group) => Legal($"{options.GroupPrefix}{group}.retry");

    /// <summary>Where a group keeps what it gave up.</summary>
    public string DeadLetters(string group) => Legal($"{options.GroupPrefix}{group}.dead");

    public static bool IsLegalPart(string part) => LegalPart().IsMatch(part);

    private static string Legal(string name) =>
        LegalName().IsMatch(name) ? name : throw new ArgumentException($"'{name}' cannot be the name of a topic or group: letters, digits, dots, hyphens and underscores, 249 at most.");

    [GeneratedRegex(@"^[a-zA-Z0-9._-]{0,100}\z")]
    private static partial Regex LegalPart();

    [GeneratedRegex(@"^[a-zA-Z0-9._-]{1,249}\z")]
    private static partial Regex LegalName();
}
