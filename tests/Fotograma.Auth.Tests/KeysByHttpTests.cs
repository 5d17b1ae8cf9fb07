using System.Net;
using System.Net.Http.Headers;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Fotograma.Auth.Tests;

/// <summary>A process on another machine verifies tokens with keys that it fetches from the auth module.</summary>
public sealed class KeysByHttpTests
{
    [Fact]
    public async Task A_token_is_good_on_another_machine_and_stays_so_while_auth_is_away()
    {
        await using var auth = await AuthHost.StartAsync();
        await auth.RegisterAsync();
        var token = await auth.TokenAsync();
        await using var other = await Elsewhere.StartAsync(auth);

        (await other.AskAsync(token)).ShouldBe(HttpStatusCode.OK);
        await auth.StopAsync();
        auth.Clock.Advance(TimeSpan.FromMinutes(6));

        (await other.AskAsync(token)).ShouldBe(HttpStatusCode.OK, "The keys are older than is liked, and still good.");
        (await other.AskAsync(token)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_of_an_unknown_key_is_refused_or_while_nobody_can_say_is_not_judged()
    {
        await using var auth = await AuthHost.StartAsync();
        await using var stranger = await AuthHost.StartAsync();
        await stranger.RegisterAsync();
        var foreign = await stranger.TokenAsync();
        await using var other = await Elsewhere.StartAsync(auth);

        (await other.AskAsync(foreign)).ShouldBe(HttpStatusCode.Unauthorized);
        await auth.StopAsync();
        auth.Clock.Advance(TimeSpan.FromSeconds(2));

        (await other.AskAsync(foreign)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await other.HealthAsync()).ShouldBe(HealthStatus.Degraded);
        (await other.AskAsync("nonsense")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Auth_that_is_away_at_the_start_is_asked_again()
    {
        await using var auth = await AuthHost.StartAsync();
        await auth.RegisterAsync();
        var token = await auth.TokenAsync();
        await using var gate = new ToggledKeys(await auth.Client.GetStringAsync("/.well-known/jwks.json", AuthHost.Cancellation));
        await gate.StartAsync();
        await using var other = await Elsewhere.StartAsync(auth, gate.Address);

        (await other.AskAsync(token)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        gate.IsOpen = true;
        auth.Clock.Advance(TimeSpan.FromSeconds(2));

        (await other.AskAsync(token)).ShouldBe(HttpStatusCode.OK);
        (await other.HealthAsync()).ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task Unknown_keys_make_it_ask_at_most_once_a_second()
    {
        await using var auth = await AuthHost.StartAsync();
        await using var stranger = await AuthHost.StartAsync();
        await stranger.RegisterAsync();
        var foreign = await stranger.TokenAsync();
        await using var gate = new ToggledKeys(await auth.Client.GetStringAsync("/.well-known/jwks.json", AuthHost.Cancellation)) { IsOpen = true };
        await gate.StartAsync();
        await using var other = await Elsewhere.StartAsync(auth, gate.Address);

        for (var i = 0; i < 20; i++) (await other.AskAsync(foreign)).ShouldBe(HttpStatusCode.Unauthorized);

        gate.Asked.ShouldBe(1);
    }

    /// <summary>A process that hosts no auth module.</summary>
    private sealed class Elsewhere(WebApplication app) : IAsyncDisposable
    {
        private readonly HttpClient http = new() { BaseAddress = new Uri(app.Urls.Single()) };

        public static async Task<Elsewhere> StartAsync(AuthHost auth, string? keys = null)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Configuration.AddInMemoryCollection([new("Tokens:JwksUrl", keys ?? new Uri(auth.Client.BaseAddress!, "/.well-known/jwks.json").ToString())]);
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddSingleton<TimeProvider>(auth.Clock).AddProblemAnswers();
            builder.AddTokenVerification();
            builder.Services.ConfigurationFaults().ShouldBeEmpty();
            var app = builder.Build();
            app.UseProblemAnswers();
            app.UseTokenVerification();
            app.MapGet("/", () => "in").RequireAuthorization();
            await app.StartAsync(AuthHost.Cancellation);
            return new Elsewhere(app);
        }

        public async Task<HttpStatusCode> AskAsync(string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
            using var answer = await http.SendAsync(request, AuthHost.Cancellation);
            return answer.StatusCode;
        }

        public async Task<HealthStatus> HealthAsync() => (await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(AuthHost.Cancellation)).Status;

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            await app.DisposeAsync();
        }
    }

    /// <summary>Answers the keys, or 503.</summary>
    private sealed class ToggledKeys : IAsyncDisposable
    {
        private readonly WebApplication app;
        private int asked;

        public ToggledKeys(string keys)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            app = builder.Build();
            app.MapGet("/", () =>
            {
                Interlocked.Increment(ref asked);
                return IsOpen ? Results.Text(keys, "application/json") : Results.StatusCode(503);
            });
        }

        public bool IsOpen { get; set; }

        public int Asked => Volatile.Read(ref asked);

        public string Address => app.Urls.Single();

        public Task StartAsync() => app.StartAsync(AuthHost.Cancellation);

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
