using System.Net;
using System.Net.Http.Json;
using Fotograma.Auth.SignIn;
using Fotograma.Auth.Tokens;
using Microsoft.AspNetCore.Http;

namespace Fotograma.Auth.Tests;

/// <summary>Browser sessions and the own account, on every database that accounts can lie in.</summary>
public abstract class SessionSuite(Store store)
{
    [Fact]
    public async Task A_browser_session_keeps_its_token_out_of_reach_of_scripts()
    {
        await using var host = await AuthHost.StartAsync(store);
        await host.RegisterAsync();
        var (_, body, raw) = await host.PostAsync("/api/v1/auth/login", new { login = "ana", password = AuthHost.GoodPassword, session = true });
        body.TryGetProperty("accessToken", out _).ShouldBeFalse();
        var cookie = raw.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldStartWith("fotograma_session=ey");
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=strict");
        cookie.ShouldContain("path=/;");
        cookie.ShouldNotContain("domain");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        (await host.SendAsync(request, ("Cookie", cookie.Split(';')[0]))).Body.GetProperty("username").GetString().ShouldBe("ana");
    }

    [Fact]
    public void Over_https_the_cookie_is_secure_and_bound_to_this_host()
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = "https";
        SessionCookie.Set(context, new AccessToken("token", new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)));
        var cookie = context.Response.Headers.SetCookie.ToString();
        cookie.ShouldStartWith("__Host-fotograma_session=token;");
        cookie.ShouldContain("; secure;");
        cookie.ShouldContain("path=/;");
    }

    [Fact]
    public async Task Registration_with_a_session_signs_in()
    {
        await using var host = await AuthHost.StartAsync(store);
        var (status, body, raw) = await host.PostAsync("/api/v1/auth/register", new { email = "ana@example.org", password = AuthHost.GoodPassword, session = true });
        status.ShouldBe(HttpStatusCode.Created);
        body.EnumerateObject().Select(member => member.Name).ShouldBe(["user"]);
        raw.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem();
        (await host.RegisterAsync("bia@example.org", "bia")).Raw.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Fact]
    public async Task A_change_with_the_cookie_needs_the_request_header_and_one_with_a_bearer_token_does_not()
    {
        await using var host = await AuthHost.StartAsync(store);
        await host.RegisterAsync();
        var token = await host.TokenAsync();
        var cookie = ("Cookie", $"fotograma_session={token}");
        var (status, body, _) = await PatchAsync(cookie);
        status.ShouldBe(HttpStatusCode.Forbidden);
        body.GetProperty("code").GetString().ShouldBe("auth.csrf");
        (await PatchAsync(cookie, ("X-Fotograma-Request", "1"))).Status.ShouldBe(HttpStatusCode.OK);
        (await PatchAsync(("Authorization", $"Bearer {token}"))).Status.ShouldBe(HttpStatusCode.OK);

        async Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body, HttpResponseMessage Raw)> PatchAsync(params (string, string)[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, "/api/v1/me") { Content = JsonContent.Create(new { name = "Ana" }) };
            return await host.SendAsync(request, headers);
        }
    }

    [Fact]
    public async Task Signing_out_clears_the_cookie()
    {
        await using var host = await AuthHost.StartAsync(store);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/auth/logout");
        var (status, _, raw) = await host.SendAsync(request, ("Cookie", "fotograma_session=stale"), ("X-Fotograma-Request", "1"));
        status.ShouldBe(HttpStatusCode.NoContent);
        raw.Headers.GetValues("Set-Cookie").Single().ShouldStartWith("fotograma_session=; expires=Thu, 01 Jan 1970");
    }

    [Fact]
    public async Task Without_a_token_the_own_account_is_closed()
    {
        await using var host = await AuthHost.StartAsync(store);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        var (status, body, raw) = await host.SendAsync(request);
        status.ShouldBe(HttpStatusCode.Unauthorized);
        body.GetProperty("code").GetString().ShouldBe("auth.required");
        raw.Headers.WwwAuthenticate.ToString().ShouldContain("Bearer");
    }

    [Fact]
    public async Task A_change_of_language_is_told_to_other_modules_with_a_growing_revision()
    {
        await using var host = await AuthHost.StartAsync(store);
        await host.RegisterAsync();
        (await host.Transport.NextAsync()).Revision.ShouldBe(1);
        var token = await host.TokenAsync();
        var (_, body, _) = await PatchAsync(new { language = "EN" });
        body.GetProperty("language").GetString().ShouldBe("en");
        body.GetProperty("name").GetString().ShouldBe("Ana Lima");
        var happened = await host.Transport.NextAsync();
        (happened.Language, happened.Revision).ShouldBe(("en", 2));
        (_, body, _) = await PatchAsync(new { language = "xx", name = "\u0000" });
        body.GetProperty("errors").GetArrayLength().ShouldBe(2);
        await PatchAsync(new { language = "en" });
        host.Transport.IsEmpty.ShouldBeTrue();

        async Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body, HttpResponseMessage Raw)> PatchAsync(object change)
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, "/api/v1/me") { Content = JsonContent.Create(change) };
            return await host.SendAsync(request, ("Authorization", $"Bearer {token}"));
        }
    }
}

public sealed class SessionTests() : SessionSuite(Store.Sqlite);

public sealed class SessionOnPostgresTests() : SessionSuite(Store.Postgres);
