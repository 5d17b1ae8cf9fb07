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

    /// <summary>What they asked for and were answered.</summary>
    public Promises Promises { get; } = new();

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

    /// <summary>Uploads a clip so many times, a few at a time, the people taking turns. Every second wants all there is beside the images, too.</summary>
    public Task UploadAsync(byte[] clip, int count, int atOnce, CancellationToken cancellation) => Parallel.ForEachAsync(
        Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation },
        async (turn, token) => await UploadAsync(people[turn % people.Count], clip, token, turn % 2 == 0 ? [("extras", "poster,storyboard,sheet")] : []));

    /// <summary>One upload by the first person.</summary>
    /// <returns>The job, if it was promised.</returns>
    public Task<Guid?> UploadOneAsync(byte[] clip, CancellationToken cancellation, params (string Name, string Value)[] options) =>
        UploadAsync(people[0], clip, cancellation, options);

    /// <summary>
    /// Downloads an archive by a way that breaks off, going on each time with a range from where it broke, and compares it with one that was downloaded at once.
    /// </summary>
    /// <param name="job">Whose archive.</param>
    /// <param name="way">Where the way that breaks begins.</param>
    /// <param name="breakAgain">Called before each piece.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<bool> DownloadInPiecesAsync(Guid job, Uri way, Action breakAgain, CancellationToken cancellation)
    {
        var path = $"/api/v1/jobs/{job}/archive";
        foreach (var person in people)
        {
            using var whole = await person.GetAsync(path, cancellation);
            if (whole.StatusCode == HttpStatusCode.NotFound) continue;
            var wanted = await whole.Content.ReadAsByteArrayAsync(cancellation);
            var got = new MemoryStream();
            while (got.Length < wanted.Length)
            {
                breakAgain();
                await TakePieceAsync(person, new Uri(way, path), got, cancellation);
            }
            return got.ToArray().AsSpan().SequenceEqual(wanted);
        }
        return false;
    }

    /// <summary>Deletes a video, which the first person may or may not own.</summary>
    public async Task DeleteAsync(Guid video, CancellationToken cancellation)
    {
        Promises.Delete(video);
        foreach (var person in people)
        {
            try
            {
                using var answer = await person.DeleteAsync($"/api/v1/videos/{video}", cancellation);
                if (answer.StatusCode != HttpStatusCode.NotFound) return;
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    /// <summary>An upload that sends so many bytes at once, and a byte now and then until it is told to stop.</summary>
    /// <returns>How many bytes it sent.</returns>
    public async Task<int> CrawlAsync(CancellationToken enough, int rushBytes = 0)
    {
        await using var crawling = new CrawlingStream(rushBytes);
        using var content = new StreamContent(crawling);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=crawl");
        try
        {
            using var answer = await people[0].PostAsync("/api/v1/videos", content, enough);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // As it was meant to end.
        }
        return crawling.Sent;
    }

    public void Dispose()
    {
        foreach (var person in people) person.Dispose();
    }

    private static async Task TakePieceAsync(HttpClient person, Uri from, MemoryStream into, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, from) { Headers = { Range = new RangeHeaderValue(into.Length, null) } };
        try
        {
            using var answer = await person.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            answer.EnsureSuccessStatusCode();
            await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
            var buffer = new byte[4096];
            while (await body.ReadAsync(buffer, cancellation) is var read && read > 0) into.Write(buffer, 0, read);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException { StatusCode: null })
        {
            // It broke; what came is kept.
        }
    }

    private async Task<Guid?> UploadAsync(HttpClient person, byte[] clip, CancellationToken cancellation, params (string Name, string Value)[] options)
    {
        Promises.Attempt();
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in options) form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent(clip), "video", "clip.mp4");
        try
        {
            using var answer = await person.PostAsync("/api/v1/videos", form, cancellation);
            if (answer.StatusCode != HttpStatusCode.Created)
            {
                Promises.Refuse((int)answer.StatusCode);
                return null;
            }
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            var job = body.GetProperty("job").GetProperty("id").GetGuid();
            Promises.Accept(job, body.GetProperty("id").GetGuid());
            return job;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            Promises.GiveUp();
            return null;
        }
    }
}
