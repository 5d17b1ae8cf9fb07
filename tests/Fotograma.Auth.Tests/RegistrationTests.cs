using System.Net;
using System.Text;
using System.Text.Json;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Auth.Tests;

/// <summary>Making accounts, on every database that they can lie in.</summary>
public abstract class RegistrationSuite(Store store)
{
    [Fact]
    public async Task An_account_is_made_and_its_event_is_published()
    {
        await using var host = await AuthHost.StartAsync(store);
        var (status, body, raw) = await host.RegisterAsync();
        status.ShouldBe(HttpStatusCode.Created);
        raw.Headers.Location!.ToString().ShouldBe("/api/v1/me");
        var user = body.GetProperty("user");
        user.GetProperty("email").GetString().ShouldBe("ana@example.org");
        user.GetProperty("language").GetString().ShouldBe("pt-BR");
        user.EnumerateObject().Select(member => member.Name).ShouldBe(["id", "email", "username", "name", "language", "createdAt"]);
        var happened = await host.Transport.NextAsync();
        happened.UserId.ShouldBe(user.GetProperty("id").GetGuid());
        happened.Revision.ShouldBe(1);
        happened.Email.ShouldBe("ana@example.org");
    }

    [Fact]
    public async Task How_to_reach_everybody_is_told_again_when_a_broker_lost_its_queues()
    {
        await using var host = await AuthHost.StartAsync(store);
        await host.RegisterAsync();
        await host.RegisterAsync("bia@example.org", "bia");
        UserChanged[] told = [await host.Transport.NextAsync(), await host.Transport.NextAsync()];
        var made = CloudEvent.Of(new QueuesMade(["notify"]), host.Services.GetRequiredService<Ids>().New(), "/fotograma/messaging", DateTimeOffset.UnixEpoch, null);
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        (await host.Transport.GiveAsync(made)).ShouldBeOfType<Settlement.Done>();
        UserChanged[] again = [await host.Transport.NextAsync(), await host.Transport.NextAsync()];
        again.ShouldBe(told, ignoreOrder: true);
        (await host.Transport.GiveAsync(made)).ShouldBeOfType<Settlement.Done>();
        UserChanged[] onceMore = [await host.Transport.NextAsync(), await host.Transport.NextAsync()];
        onceMore.ShouldBe(told, ignoreOrder: true, "It may be another loss, whatever its clock says.");
    }

    [Fact]
    public async Task Every_fault_of_a_request_is_reported_at_once()
    {
        await using var host = await AuthHost.StartAsync(store);
        var (status, body, raw) = await host.PostAsync(
            "/api/v1/auth/register", new { email = "nobody", username = "a b", password = "short", name = "two\nlines", language = "tlh" });
        status.ShouldBe(HttpStatusCode.BadRequest);
        raw.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        body.GetProperty("code").GetString().ShouldBe("request.invalid");
        body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("code").GetString()).ShouldBe(
            ["auth.email_invalid", "auth.username_invalid", "auth.name_invalid", "auth.language_invalid", "auth.password_too_short"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("ana@example.org\r\nBcc: x@example.org")]
    [InlineData("ana@@example.org")]
    [InlineData("ana example@example.org")]
    [InlineData("ana@exa_mple.org")]
    [InlineData(".ana@example.org")]
    [InlineData("<ana@example.org>")]
    [InlineData("")]
    public async Task An_address_that_is_none_is_refused(string email)
    {
        await using var host = await AuthHost.StartAsync(store);
        var (status, body, _) = await host.RegisterAsync(email);
        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("email");
    }

    [Theory]
    [InlineData("1234567", "auth.password_too_short")]
    [InlineData("Password123", "auth.password_common")]
    [InlineData("aaaaaaaaaaaa", "auth.password_common")]
    [InlineData("ANA@example.org", "auth.password_common")]
    [InlineData(129, "auth.password_too_long")]
    public async Task A_poor_password_is_refused(object password, string code)
    {
        await using var host = await AuthHost.StartAsync(store);
        var text = password as string ?? string.Concat(Enumerable.Repeat("ab1 ", 33))[..(int)password];
        var (status, body, _) = await host.PostAsync("/api/v1/auth/register", new { email = "ana@example.org", password = text });
        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("errors")[0].GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task Characters_are_counted_not_code_units_and_spaces_belong_to_the_password()
    {
        await using var host = await AuthHost.StartAsync(store);
        var password = " " + string.Concat(Enumerable.Repeat("🎬", 126)) + " ";
        (await host.PostAsync("/api/v1/auth/register", new { email = "ana@example.org", password })).Status.ShouldBe(HttpStatusCode.Created);
        (await host.PostAsync("/api/v1/auth/login", new { login = "ana@example.org", password })).Status.ShouldBe(HttpStatusCode.OK);
        (await host.PostAsync("/api/v1/auth/login", new { login = "ana@example.org", password = password.Trim() })).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_address_and_a_user_name_belong_to_one_account_whatever_their_case()
    {
        await using var host = await AuthHost.StartAsync(store);
        await host.RegisterAsync();
        var (status, body, _) = await host.RegisterAsync("ANA@Example.org", "other");
        status.ShouldBe(HttpStatusCode.Conflict);
        body.GetProperty("code").GetString().ShouldBe("auth.email_taken");
        (_, body, _) = await host.RegisterAsync("other@example.org", "ANA");
        body.GetProperty("code").GetString().ShouldBe("auth.username_taken");
    }

    [Fact]
    public async Task Of_simultaneous_registrations_of_one_address_exactly_one_succeeds()
    {
        await using var host = await AuthHost.StartAsync(store);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => host.RegisterAsync(username: $"ana-{i}")));
        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer.Status == HttpStatusCode.Conflict).ShouldBe(11);
        answers.Where(answer => answer.Status == HttpStatusCode.Conflict)
            .ShouldAllBe(answer => answer.Body.GetProperty("code").GetString() == "auth.email_taken");
        await host.Transport.NextAsync();
        host.Transport.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Simultaneous_registrations_of_one_user_name_are_told_that_the_name_is_taken()
    {
        await using var host = await AuthHost.StartAsync(store);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => host.RegisterAsync($"ana{i}@example.org")));
        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(1);
        answers.Where(answer => answer.Status != HttpStatusCode.Created)
            .ShouldAllBe(answer => answer.Body.GetProperty("code").GetString() == "auth.username_taken");
    }

    [Fact]
    public async Task More_waiting_hashes_than_allowed_are_sent_away_with_a_time_to_come_back()
    {
        await using var host = await AuthHost.StartAsync(
            store, ("Auth:PasswordHashesAtOnceMax", "1"), ("Auth:PasswordHashesWaitingMax", "1"), ("Auth:PasswordMemoryKiB", "65536"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => host.RegisterAsync($"ana{i}@example.org", null)));
        var refused = answers.Where(answer => answer.Status == HttpStatusCode.ServiceUnavailable).ToList();
        refused.ShouldNotBeEmpty();
        refused.ShouldAllBe(answer => answer.Raw.Headers.RetryAfter != null && answer.Body.GetProperty("code").GetString() == "unavailable");
        (await host.RegisterAsync()).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("{", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("[]", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("email=a", "application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_body_that_is_not_the_expected_json_gets_problem_details(string text, string type, HttpStatusCode expected)
    {
        await using var host = await AuthHost.StartAsync(store);
        foreach (var path in (string[])["/api/v1/auth/register", "/register", "/auth/login"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(text, Encoding.UTF8, type) };
            var (status, body, _) = await host.SendAsync(request);
            status.ShouldBe(expected, path);
            body.GetProperty("code").GetString().ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task A_large_body_is_refused()
    {
        await using var host = await AuthHost.StartAsync(store);
        var (status, body, _) = await host.PostAsync("/api/v1/auth/register", new { email = new string('a', 20_000) });
        status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        body.GetProperty("code").GetString().ShouldBe("request.too_large");
    }

    [Fact]
    public async Task No_password_ever_reaches_the_log_or_an_answer()
    {
        const string secret = "Zx9-unmistakable-secret";
        await using var host = await AuthHost.StartAsync(store);
        var answers = new List<JsonElement>
        {
            (await host.PostAsync("/api/v1/auth/register", new { email = "ana@example.org", password = secret })).Body,
            (await host.PostAsync("/api/v1/auth/register", new { email = "bad", password = secret })).Body,
            (await host.PostAsync("/api/v1/auth/login", new { login = "ana@example.org", password = secret })).Body,
            (await host.PostAsync("/api/v1/auth/login", new { login = "nobody", password = secret })).Body,
            (await host.PostAsync("/login", new { email = "nobody", password = secret })).Body,
        };
        host.Log.Lines.Count.ShouldBeGreaterThan(20);
        host.Log.Lines.ShouldAllBe(line => !line.Contains("unmistakable") && !line.Contains("$argon2id"));
        answers.ShouldAllBe(answer => !answer.GetRawText().Contains("unmistakable"));
    }
}

public sealed class RegistrationTests() : RegistrationSuite(Store.Sqlite);

public sealed class RegistrationOnPostgresTests() : RegistrationSuite(Store.Postgres);
