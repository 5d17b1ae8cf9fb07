using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Fotograma.Faults.Load;

/// <summary>People who upload and remember what they were promised. They try each upload once: what matters is what was answered, not how often one must ask.</summary>
internal sealed class Crowd : IDisposable
{
    private const string Password = "correct horse 7 battery";
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);
    private readonly List<HttpClient> people = [];
    private readonly ConcurrentDictionary<Guid, Guid> accepted = new();
    private int attempted;
    private int refused;
    private int unanswered;

    /// <summary>Uploads begun.</summary>
    public int Attempted => Volatile.Read(ref attempted);

    /// <summary>Uploads answered with an error.</summary>
    public int Refused => Volatile.Read(ref refused);

    /// <summary>Uploads without an answer: they may or may not have been accepted.</summary>
    public int Unanswered => Volatile.Read(ref unanswered);

    /// <summary>Jobs that were promised (HTTP 201), each with its video.</summary>
    public IReadOnlyDictionary<Guid, Guid> Accepted => accepted;

    /// <summary>Makes accounts; needs a server that is well.</summary>
    public async Task JoinAsync(Uri server, int count, CancellationToken cancellation)
    {
        for (var i = 0; i < count; i++)
        {
            var http = new HttpClient { BaseAddress = server, Timeout = AnswerMax };
            people.Add(http);
            var email = $"{Path.GetRandomFileName().Replace('.', '-')}@example.com";
            using var registered = await http.PostAsJsonAsync("/api/v1/auth/register", new { email, password = Password, name = "Test", language = "en" }, cancellation);
            registered.EnsureSuccessStatusCode();
            using var login = await http.PostAsJsonAsync("/api/v1/auth/login", new { login = email, password = Password }, cancellation);
            var answer = await login.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.GetProperty("accessToken").GetString());
        }
    }

    /// <summary>Uploads a clip so many times, a few at a time, the people taking turns.</summary>
    public Task UploadAsync(byte[] clip, int count, int atOnce, CancellationToken cancellation) => Parallel.ForEachAsync(
        Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation },
        async (turn, token) => await UploadAsync(people[turn % people.Count], clip, token));

    /// <summary>One upload by the first person.</summary>
    /// <returns>The job, if it was promised.</returns>
    public Task<Guid?> UploadOneAsync(byte[] clip, CancellationToken cancellation, params (string Name, string Value)[] options) =>
        UploadAsync(people[0], clip, cancellation, options);

    /// <summary>
    /// Downloads an archive in pieces, breaking off somewhere in each and going on with a range from there, and compares it with one that was downloaded at once.
    /// </summary>
    public async Task<bool> DownloadInPiecesAsync(Guid job, Random chance, CancellationToken cancellation)
    {
        var path = $"/api/v1/jobs/{job}/archive";
        foreach (var person in people)
        {
            using var whole = await person.GetAsync(path, cancellation);
            if (whole.StatusCode == HttpStatusCode.NotFound) continue;
            var wanted = await whole.Content.ReadAsByteArrayAsync(cancellation);
            var got = new MemoryStream();
            while (got.Length < wanted.Length) await TakePieceAsync(person, path, got, chance.Next(1, wanted.Length), cancellation);
            return got.ToArray().AsSpan().SequenceEqual(wanted);
        }
        return false;
    }

    /// <summary>An upload that sends a byte now and then until it is told to stop.</summary>
    public async Task CrawlAsync(CancellationToken enough)
    {
        using var content = new StreamContent(new CrawlingStream());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=crawl");
        try
        {
            using var answer = await people[0].PostAsync("/api/v1/videos", content, enough);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // As it was meant to end.
        }
    }

    public void Dispose()
    {
        foreach (var person in people) person.Dispose();
    }

    private static async Task TakePieceAsync(HttpClient person, string path, MemoryStream into, int bytesMax, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(into.Length, null) } };
        using var answer = await person.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        answer.EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[bytesMax];
        var read = await body.ReadAtLeastAsync(buffer, bytesMax, throwOnEndOfStream: false, cancellation);
        into.Write(buffer, 0, read);
    }

    private async Task<Guid?> UploadAsync(HttpClient person, byte[] clip, CancellationToken cancellation, params (string Name, string Value)[] options)
    {
        Interlocked.Increment(ref attempted);
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in options) form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent(clip), "video", "clip.mp4");
        try
        {
            using var answer = await person.PostAsync("/api/v1/videos", form, cancellation);
            if (answer.StatusCode != HttpStatusCode.Created)
            {
                Interlocked.Increment(ref refused);
                return null;
            }
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            var job = body.GetProperty("job").GetProperty("id").GetGuid();
            accepted[job] = body.GetProperty("id").GetGuid();
            return job;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            Interlocked.Increment(ref unanswered);
            return null;
        }
    }
}
