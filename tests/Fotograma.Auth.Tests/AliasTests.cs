using System.Net;
using System.Text.Json;

namespace Fotograma.Auth.Tests;

public sealed class AliasTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/auth")]
    public async Task The_plain_dialect_is_answered_in_its_own_shape(string prefix)
    {
        await using var host = await AuthHost.StartAsync();
        var (status, body, _) = await host.PostAsync($"{prefix}/register", new { email = "ana@example.org", password = AuthHost.GoodPassword, name = "Ana" });
        status.ShouldBe(HttpStatusCode.Created);
        Members(body).ShouldBe(["id", "email", "name", "created_at"]);
        (status, body, _) = await host.PostAsync($"{prefix}/login", new { email = "ana@example.org", password = AuthHost.GoodPassword });
        status.ShouldBe(HttpStatusCode.OK);
        Members(body).ShouldBe(["token", "expires_at", "user"]);
        (await host.MeStatusAsync(body.GetProperty("token").GetString()!)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_enveloped_dialect_is_answered_in_its_own_shape()
    {
        await using var host = await AuthHost.StartAsync();
        var (status, body, _) = await host.PostAsync("/auth/register", new
        {
            email = "ana@example.org", username = "ana", password = AuthHost.GoodPassword, first_name = "Ana", last_name = "Lima",
        });
        status.ShouldBe(HttpStatusCode.Created);
        Members(body).ShouldBe(["success", "message", "data", "timestamp"]);
        Members(body.GetProperty("data").GetProperty("user"))
            .ShouldBe(["id", "email", "username", "first_name", "last_name", "full_name", "status", "created_at"]);
        body.GetProperty("data").GetProperty("user").GetProperty("full_name").GetString().ShouldBe("Ana Lima");
        (status, body, _) = await host.PostAsync("/auth/login", new { identifier = "ana", password = AuthHost.GoodPassword });
        status.ShouldBe(HttpStatusCode.OK);
        var data = body.GetProperty("data");
        data.GetProperty("expires_in").GetInt64().ShouldBe(720 * 60);
        (await host.MeStatusAsync(data.GetProperty("access_token").GetString()!)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Errors_are_problem_details_with_a_message()
    {
        await using var host = await AuthHost.StartAsync();
        var (status, body, raw) = await host.PostAsync("/auth/login", new { email = "ana@example.org", password = "wrong password" });
        status.ShouldBe(HttpStatusCode.Unauthorized);
        raw.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        body.GetProperty("code").GetString().ShouldBe("auth.invalid_credentials");
        body.GetProperty("message").GetString().ShouldBe(body.GetProperty("detail").GetString());
        (status, body, _) = await host.PostAsync("/register", new { email = 5 });
        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("message").GetString().ShouldNotBeNull();
    }

    private static IEnumerable<string> Members(JsonElement body) => body.EnumerateObject().Select(member => member.Name);
}
