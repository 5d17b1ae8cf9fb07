using Confluent.Kafka;

namespace Fotograma.Messaging.Kafka.Broker;

/// <summary>The brokers did not do what they were asked, with a sentence for the operator.</summary>
internal sealed class BrokerException(string message, Exception? inner, ErrorCode code = ErrorCode.Unknown) : IOException(message, inner)
{
    public ErrorCode Code { get; } = code;

    /// <summary>True when it stays so until an operator changes something.</summary>
    public bool IsRefusal { get; init; } = code is ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.PolicyViolation;

    /// <summary>True when topics were missing and the brokers would not make them.</summary>
    public bool NotMade { get; init; }

    /// <summary>True when the topic is not there.</summary>
    public bool TopicIsMissing => Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition;
}
