using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fotograma.EndToEnd.Tests.Hosts;

namespace Fotograma.EndToEnd.Tests.Story;

public sealed class ApiDescriptionTests(SharedServer shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_api_describes_every_operation_under_a_name_of_its_own_with_its_errors()
    {
        using var http = new HttpClient { BaseAddress = shared.Server.Address };
        var document = await http.GetFromJsonAsync<JsonElement>("/api/v1/openapi.json", Cancellation);
        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");

        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => (path.Name, operation.Value))).ToList();

        operations.Select(operation => operation.Value.GetProperty("operationId").GetString()).ShouldBeUnique();
        foreach (var (path, operation) in operations)
        {
            operation.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty(path);
            operation.GetProperty("responses").GetProperty("default").GetProperty("content").TryGetProperty("application/problem+json", out _).ShouldBeTrue(path);
        }
        operations.Count.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Every_operation_that_is_described_as_protected_is_protected_and_no_other_reads_users_data()
    {
        using var http = new HttpClient { BaseAddress = shared.Server.Address };
        var document = await http.GetFromJsonAsync<JsonElement>("/api/v1/openapi.json", Cancellation);
        string[] open = ["/health", "/.well-known/jwks.json", "/api/v1/limits", "/api/v1/auth/register", "/api/v1/auth/login", "/api/v1/auth/logout"];

        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                operation.Value.TryGetProperty("security", out _).ShouldBe(!open.Contains(path.Name), path.Name);
                if (open.Contains(path.Name)) continue;
                var address = path.Name.Replace("{id}", Guid.Empty.ToString(), StringComparison.Ordinal).Replace("{index}", "1", StringComparison.Ordinal);
                using var request = new HttpRequestMessage(HttpMethod.Parse(operation.Name), address);
                using var answer = await http.SendAsync(request, Cancellation);
                answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{operation.Name} {path.Name}");
                (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("code").GetString().ShouldBe("auth.required");
            }
        }
    }
}
