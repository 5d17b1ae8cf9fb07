using System.Net;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;

namespace Fotograma.Data.DynamoDb;

/// <summary>DynamoDB does not answer, or refuses to work for a reason that no caller can deal with; the sentence says what an operator can do about it.</summary>
public sealed class DynamoUnavailableException : IOException
{
    private static readonly string[] Rights = ["AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException", "MissingAuthenticationTokenException"];

    private DynamoUnavailableException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Whether it is a failure of the service or of the way to it, and no answer. A request that took too long looks like one that was broken off by whoever made it.</summary>
    internal static bool IsOne(Exception exception) => exception switch
    {
        ConditionalCheckFailedException => false,
        TransactionCanceledException { CancellationReasons: { } reasons } when reasons.Exists(reason => reason.Code == "ConditionalCheckFailed") => false,
        _ => exception is AmazonServiceException or AmazonClientException or HttpRequestException or OperationCanceledException or TimeoutException,
    };

    internal static DynamoUnavailableException Of(Exception cause, DynamoDbOptions options) => new(SentenceOf(cause, options), cause);

    // The service's own sentence stays inside: it may name keys and accounts.
    private static string SentenceOf(Exception cause, DynamoDbOptions options) => cause switch
    {
        ResourceNotFoundException =>
            $"DynamoDB lacks a table whose name begins with '{options.TablePrefix}'. Servers make their tables at their start where DynamoDb:CreateTables allows it; check DynamoDb:TablePrefix, DynamoDb:Region and DynamoDb:Endpoint.",
        AmazonServiceException service when service.StatusCode == HttpStatusCode.Forbidden || Rights.Contains(service.ErrorCode) =>
            $"DynamoDB refused a request ({service.ErrorCode}). Check the keys (DynamoDb:AccessKey, or those of the environment) and their rights.",
        AmazonServiceException { StatusCode: not 0 } service => $"DynamoDB refused a request: {service.ErrorCode} ({(int)service.StatusCode}).",
        _ => "DynamoDB did not answer. Check DynamoDb:Endpoint, DynamoDb:Region and the network.",
    };
}
