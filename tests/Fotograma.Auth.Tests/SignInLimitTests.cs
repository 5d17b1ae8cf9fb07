using System.Globalization;
using System.Net;

namespace Fotograma.Auth.Tests;

public sealed class SignInLimitTests
{
    private const string Login = "/api/v1/auth/login";

    [Fact]
    public async Task After_too_many_failures_an_account_has_to_wait_even_with_the_right_password_and_then_not_any_more()
    {
        await using var host = await AuthHost.StartAsync(null, ("Auth:SignInFailuresPerAccountMax", "3"), ("Auth:SignInWindowSeconds", "60"));
        await host.RegisterAsync();
        for (var i = 0; i < 3; i++) (await SignInAsync(host, "ana@example.org", "wrong password")).Status.ShouldBe(HttpStatusCode.Unauthorized);

        var (status, code, wait) = await SignInAsync(host, "ANA@example.org ", AuthHost.GoodPassword);

        status.ShouldBe(HttpStatusCode.TooManyRequests);
        code.ShouldBe("auth.too_many_attempts");
        wait.ShouldBeInRange(1, 60);
        (await SignInAsync(host, "bea@example.org", "wrong password")).Status.ShouldBe(HttpStatusCode.Unauthorized, "Another account is not affected.");
        host.Clock.Advance(TimeSpan.FromSeconds(wait));
        (await SignInAsync(host, "ana@example.org", AuthHost.GoodPassword)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_name_without_an_account_is_limited_alike()
    {
        await using var host = await AuthHost.StartAsync(null, ("Auth:SignInFailuresPerAccountMax", "2"));
        for (var i = 0; i < 2; i++) (await SignInAsync(host, "nobody@example.org", "wrong password")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await SignInAsync(host, "nobody@example.org", "wrong password")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Right_passwords_do_not_count()
    {
        await using var host = await AuthHost.StartAsync(null, ("Auth:SignInFailuresPerAccountMax", "2"), ("Auth:SignInFailuresPerAddressMax", "2"));
        await host.RegisterAsync();
        for (var i = 0; i < 5; i++) (await SignInAsync(host, "ana@example.org", AuthHost.GoodPassword)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task After_too_many_failures_an_address_has_to_wait_whatever_the_account()
    {
        await using var host = await AuthHost.StartAsync(null, ("Auth:SignInFailuresPerAddressMax", "4"));
        for (var i = 0; i < 4; i++) (await SignInAsync(host, $"user{i}@example.org", "wrong password")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await SignInAsync(host, "fresh@example.org", "wrong password")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Attempts_at_the_same_time_do_not_slip_through()
    {
        await using var host = await AuthHost.StartAsync(null, ("Auth:SignInFailuresPerAccountMax", "5"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SignInAsync(host, "ana@example.org", "wrong password")));
        answers.Count(answer => answer.Status == HttpStatusCode.Unauthorized).ShouldBe(5);
        answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests).ShouldBe(15);
    }

    [Fact]
    public async Task Zero_sets_no_limit()
    {
        await using var host = await AuthHost.StartAsync(null, ("Auth:SignInFailuresPerAccountMax", "0"), ("Auth:SignInFailuresPerAddressMax", "0"));
        for (var i = 0; i < 25; i++) (await SignInAsync(host, "ana@example.org", "wrong password")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Older_paths_say_it_too()
    {
        await using var host = await AuthHost.StartAsync(null, ("Auth:SignInFailuresPerAccountMax", "1"));
        await host.PostAsync("/login", new { email = "ana@example.org", password = "wrong password" });
        var (status, body, raw) = await host.PostAsync("/login", new { email = "ana@example.org", password = "wrong password" });
        status.ShouldBe(HttpStatusCode.TooManyRequests);
        body.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        raw.Headers.RetryAfter.ShouldNotBeNull();
    }

    private static async Task<(HttpStatusCode Status, string? Code, int Wait)> SignInAsync(AuthHost host, string login, string password)
    {
        var (status, body, raw) = await host.PostAsync(Login, new { login, password });
        var wait = raw.Headers.TryGetValues("Retry-After", out var values) ? int.Parse(values.Single(), CultureInfo.InvariantCulture) : 0;
        return (status, body.TryGetProperty("code", out var code) ? code.GetString() : null, wait);
    }
}
