using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using Fotograma.Kernel.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fotograma.Kernel.Tests;

public sealed class ErrorCatalogueTests
{
    [Fact]
    public void Every_error_is_listed_once_under_a_code_of_its_own()
    {
        var declared = typeof(ErrorCatalogue).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<Error>().ToList();
        ErrorCatalogue.All.ShouldBe(declared, ignoreOrder: true);
        ErrorCatalogue.All.Select(error => error.Code).ShouldBeUnique();
    }

    [Fact]
    public void Every_error_has_a_status_a_title_and_advice()
    {
        foreach (var error in ErrorCatalogue.All)
        {
            error.Code.ShouldMatch("^[a-z]+([._][a-z]+)*$");
            error.Status.ShouldBeInRange(400, 599);
            error.Title.ShouldNotBeNullOrWhiteSpace();
            error.Advice.ShouldEndWith(".");
        }
    }
}

/// <summary>Every failure has a body that a program can act on.</summary>
public sealed class ProblemAnswersTests : IAsyncLifetime
{
    private WebApplication app = null!;
    private HttpClient client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddProblemAnswers();
        app = builder.Build();
        app.UseProblemAnswers();
        app.MapGet("/fault", void () => throw ErrorCatalogue.JobNotReady.Because("Frame 7 is not there yet."));
        app.MapGet("/fields", void () => throw ErrorCatalogue.RequestInvalid.Because([new FieldProblem("fps", "range", "fps must be positive.")]));
        app.MapGet("/bug", void () => throw new InvalidOperationException("secret detail"));
        app.MapGet("/result", () => ErrorCatalogue.VideoNotFound.Problem());
        app.MapGet("/number", (int value) => value);
        await app.StartAsync(Cancellation);
        client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }

    [Theory]
    [InlineData("/fault", 409, "job.not_ready", "Frame 7 is not there yet.")]
    [InlineData("/result", 404, "video.not_found", null)]
    [InlineData("/nowhere", 404, "request.route_not_found", null)]
    [InlineData("/bug", 500, "internal", null)]
    [InlineData("/number?value=x", 400, "request.invalid", null)]
    public async Task Failure_is_answered_with_its_code(string path, int status, string code, string? detail)
    {
        using var response = await client.GetAsync(path, Cancellation);
        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        text.ShouldNotContain("secret detail");
        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("type").GetString().ShouldBe($"urn:fotograma:error:{code}");
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        problem.GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();
        if (detail is not null) problem.GetProperty("detail").GetString().ShouldBe(detail);
    }

    [Fact]
    public async Task Every_fault_of_a_request_is_listed()
    {
        using var response = await client.GetAsync("/fields", Cancellation);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        problem.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("fps");
    }

    [Fact]
    public async Task Wrong_method_is_answered_with_its_code()
    {
        using var response = await client.DeleteAsync("/fault", Cancellation);
        ((int)response.StatusCode).ShouldBe(405);
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("code").GetString().ShouldBe("request.method_not_allowed");
    }
}
