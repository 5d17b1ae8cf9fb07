using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Fotograma.EndToEnd.Tests.Hosts;

/// <summary>A person with an account of their own who speaks to the API.</summary>
public sealed class ApiUser : IDisposable
{
    private static readonly TimeSpan EndMax = TimeSpan.FromMinutes(3);

    private ApiUser(HttpClient http, string email)
    {
        Http = http;
        Email = email;
    }

    public const string Password = "correct horse 7 battery";

    public HttpClient Http { get; }

    public string Email { get; }

    public static Task<ApiUser> RegisterAsync(FotogramaServer server, CancellationToken cancellation) => RegisterAsync(server.Address, cancellation);

    public static async Task<ApiUser> RegisterAsync(Uri address, CancellationToken cancellation)
    {
        var http = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        var email = $"{Path.GetRandomFileName().Replace('.', '-')}@example.com";
        using var registered = await http.PostAsJsonAsync("/api/v1/auth/register", new { email, password = Password, name = "Test", language = "en" }, cancellation);
        registered.StatusCode.ShouldBe(HttpStatusCode.Created);
        using var login = await http.PostAsJsonAsync("/api/v1/auth/login", new { login = email, password = Password }, cancellation);
        var answer = await login.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.GetProperty("accessToken").GetString());
        return new ApiUser(http, email);
    }

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellation) => Http.GetFromJsonAsync<JsonElement>(path, cancellation);

    public async Task<HttpResponseMessage> TryUploadAsync(string path, string name, CancellationToken cancellation, params (string Name, string Value)[] options)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (option, value) in options) form.Add(new StringContent(value), option);
        await using var file = File.OpenRead(path);
        form.Add(new StreamContent(file), "video", name);
        return await Http.PostAsync("/api/v1/videos", form, cancellation);
    }

    /// <summary>Uploads a file and gives the ids of the video and its job.</summary>
    public async Task<(Guid Video, Guid Job)> UploadAsync(string path, CancellationToken cancellation, params (string Name, string Value)[] options)
    {
        using var answer = await TryUploadAsync(path, Path.GetFileName(path), cancellation, options);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, body.ToString());
        return (body.GetProperty("id").GetGuid(), body.GetProperty("job").GetProperty("id").GetGuid());
    }

    /// <summary>Waits, by the live events, until the job's <paramref name="wanted"/> is true, and gives the job.</summary>
    public async Task<JsonElement> WaitForAsync(Guid job, Func<JsonElement, bool> wanted, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(EndMax);
        await using var stream = await Http.GetStreamAsync("/api/v1/events", bound.Token);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(bound.Token))
        {
            var news = item.EventType switch
            {
                "hello" => await GetAsync($"/api/v1/jobs/{job}", bound.Token),
                "job" => JsonSerializer.Deserialize<JsonElement>(item.Data),
                _ => default,
            };
            if (news.ValueKind == JsonValueKind.Object && news.GetProperty("id").GetGuid() == job && wanted(news)) return news;
        }
        throw new InvalidOperationException("The live events ended.");
    }

    public Task<JsonElement> WaitForEndAsync(Guid job, CancellationToken cancellation) =>
        WaitForAsync(job, news => news.GetProperty("state").GetString() is "completed" or "failed" or "cancelled", cancellation);

    public Task<JsonElement> WaitForStateAsync(Guid job, string state, CancellationToken cancellation) =>
        WaitForAsync(job, news => news.GetProperty("state").GetString() == state, cancellation);

    public void Dispose() => Http.Dispose();
}
