using System.Text.Json;
using System.Text.Json.Nodes;
using Fotograma.Auth.Registration;
using Fotograma.Kernel.Errors;
using Microsoft.AspNetCore.Http;

namespace Fotograma.Auth.Aliases;

/// <summary>
/// A request in one of the two older dialects. Both use snake_case; the one with user names wraps its answers in an envelope, and is told from the other by the
/// members that only it has.
/// </summary>
internal sealed class AliasRequest(JsonObject body)
{
    /// <summary>True for the dialect whose answers come in an envelope.</summary>
    public bool IsEnveloped { get; } = body.ContainsKey("username") || body.ContainsKey("identifier") || body.ContainsKey("first_name");

    public string? Login => Text("identifier") ?? Text("email") ?? Text("username");

    public string? Password => Text("password");

    public RegistrationBody Registration => new(Text("email"), Text("username"), Password, Text("name") ?? FullName);

    private string? FullName => $"{Text("first_name")} {Text("last_name")}".Trim() is { Length: > 0 } name ? name : null;

    /// <summary>Reads the body.</summary>
    /// <exception cref="FaultException">It is not a JSON object.</exception>
    public static async Task<AliasRequest> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!request.HasJsonContentType()) throw ErrorCatalogue.MediaTypeUnsupported.Because("Send application/json.");
        try
        {
            return await request.ReadFromJsonAsync<JsonObject>(cancellation) is { } body ? new AliasRequest(body) : throw NotAnObject();
        }
        catch (JsonException)
        {
            throw NotAnObject();
        }
    }

    private static FaultException NotAnObject() => ErrorCatalogue.RequestInvalid.Because("The body is not a JSON object.");

    private string? Text(string member) => body[member] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => throw ErrorCatalogue.RequestInvalid.Because($"The member {member} must be a string."),
    };
}
