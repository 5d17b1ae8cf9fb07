using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Fotograma.Faults.Load;

/// <summary>People who upload and remember what they were promised. They try each upload once: what matters is what was answered, not how often one must ask.</summary>
internal sealed class Crowd : IDisposable
{
    private const string ExtrasOption = "extras";
    private const string Password = "correct horse 7 battery";
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SignInInterval = TimeSpan.FromMilliseconds(200);
    private readonly List<Person> people = [];
    private readonly ConcurrentBag<Person> known = [];

    /// <summary>Somebody with an account.</summary>
    internal sealed record Person(HttpClient Http, string Email)
    {
        /// <summary>Where the person is signed in.</summary>
        public Uri Server { get; set; } = new("http://localhost");
    }

    /// <summary>What they asked for and were answered.</summary>
    public Promises Promises { get; } = new();

    /// <summary>Makes accounts; needs a server that is well.</summary>
    public async Task JoinAsync(Uri server, int count, CancellationToken cancellation)
    {
        for (var i = 0; i < count; i++)
        {
            var person = await RegisterAsync(server, cancellation) ?? throw new InvalidOperationException("The server made no account.");
            await SignInAsync(person, server, cancellation);
            people.Add(person);
        }
    }

    /// <summary>From now on everybody uploads to another process, as who they are already.</summary>
    public void MoveTo(Uri server) => people.ForEach(person => person.Server = server);

    /// <summary>Makes one more account, whatever happens to the server meanwhile.</summary>
    /// <returns>Who was promised one; null when nobody was.</returns>
    public async Task<Person?> RegisterAsync(Uri server, CancellationToken cancellation)
    {
        var person = new Person(new HttpClient { Timeout = AnswerMax }, $"{Path.GetRandomFileName().Replace('.', '-')}@example.com");
        known.Add(person);
        try
        {
            using var registered = await person.Http.PostAsJsonAsync(new Uri(server, "/api/v1/auth/register"), new { email = person.Email, password = Password, name = "Test", language = "en" }, cancellation);
            return registered.StatusCode == HttpStatusCode.Created ? person : null;
        }
        catch (Exception exception) when (IsNoAnswer(exception, cancellation))
        {
            return null;
        }
    }

    /// <summary>Lets somebody who was promised an account sign in, which must work sooner or later, and upload a clip.</summary>
    /// <returns>The job, if it was promised.</returns>
    public async Task<Guid?> BeginAsync(Person newcomer, Uri server, byte[] clip, CancellationToken cancellation, Uri? uploadTo = null)
    {
        while (!await TrySignInAsync(newcomer, server, cancellation)) await Task.Delay(SignInInterval, cancellation);
        newcomer.Server = uploadTo ?? server;
        return await UploadAsync(newcomer, clip, cancellation);
    }

    /// <summary>Uploads a clip so many times, a few at a time, the people taking turns. Every second wants all there is beside the images, too.</summary>
    public Task UploadAsync(byte[] clip, int count, int atOnce, CancellationToken cancellation) => Parallel.ForEachAsync(
        Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation },
        async (turn, token) => await UploadAsync(people[turn % people.Count], clip, token, turn % 2 == 0 ? [(ExtrasOption, "poster,storyboard,sheet")] : []));

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
            using var whole = await person.Http.GetAsync(new Uri(person.Server, path), cancellation);
            if (whole.StatusCode == HttpStatusCode.NotFound) continue;
            var wanted = await whole.Content.ReadAsByteArrayAsync(cancellation);
            var got = new MemoryStream();
            while (got.Length < wanted.Length)
            {
                breakAgain();
                await TakePieceAsync(person.Http, new Uri(way, path), got, cancellation);
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
                using var answer = await person.Http.DeleteAsync(new Uri(person.Server, $"/api/v1/videos/{video}"), cancellation);
                if (answer.StatusCode != HttpStatusCode.NotFound) return;
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    /// <summary>Cancels a job, whoever owns it.</summary>
    public async Task CancelAsync(Guid job, CancellationToken cancellation)
    {
        Promises.Cancel(job, isPromised: false);
        if (await PostAsOwnerAsync($"/api/v1/jobs/{job}/cancel", cancellation) is not { } answer) return;
        using (answer) Promises.Cancel(job, answer.StatusCode == HttpStatusCode.OK);
    }

    /// <summary>Gives the first person another name.</summary>
    public async Task RenameAsync(string name, CancellationToken cancellation)
    {
        try
        {
            using var answer = await people[0].Http.PatchAsJsonAsync(new Uri(people[0].Server, "/api/v1/me"), new { name }, cancellation);
        }
        catch (Exception exception) when (IsNoAnswer(exception, cancellation))
        {
            // Nobody knows whether it came about.
        }
    }

    /// <summary>Runs the video of a job again, with the same options, whoever owns it.</summary>
    public async Task RunAgainAsync(Guid job, CancellationToken cancellation)
    {
        var video = Promises.Accepted[job];
        Promises.Attempt();
        if (await PostAsOwnerAsync($"/api/v1/videos/{video}/jobs", cancellation) is not { } answer)
        {
            Promises.GiveUp();
            return;
        }
        using (answer)
        {
            if (answer.StatusCode != HttpStatusCode.Created) Promises.Refuse((int)answer.StatusCode);
            else Promises.Accept((await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("id").GetGuid(), video, Promises.Asked[job]);
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
            using var answer = await people[0].Http.PostAsync(new Uri(people[0].Server, "/api/v1/videos"), content, enough);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // As it was meant to end.
        }
        return crawling.Sent;
    }

    public void Dispose()
    {
        foreach (var person in known) person.Http.Dispose();
    }

    // Null: no answer. To those who do not own it, it does not exist.
    private async Task<HttpResponseMessage?> PostAsOwnerAsync(string path, CancellationToken cancellation)
    {
        try
        {
            foreach (var person in people)
            {
                var answer = await person.Http.PostAsync(new Uri(person.Server, path), null, cancellation);
                if (answer.StatusCode != HttpStatusCode.NotFound) return answer;
                answer.Dispose();
            }
            throw new InvalidOperationException($"{path} is nobody's.");
        }
        catch (Exception exception) when (IsNoAnswer(exception, cancellation))
        {
            return null;
        }
    }

    private static async Task<bool> TrySignInAsync(Person person, Uri server, CancellationToken cancellation)
    {
        try
        {
            await SignInAsync(person, server, cancellation);
            return true;
        }
        catch (Exception exception) when (IsNoAnswer(exception, cancellation))
        {
            return false;
        }
    }

    private static async Task SignInAsync(Person person, Uri server, CancellationToken cancellation)
    {
        using var login = await person.Http.PostAsJsonAsync(new Uri(server, "/api/v1/auth/login"), new { login = person.Email, password = Password }, cancellation);
        login.EnsureSuccessStatusCode();
        var answer = await login.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        person.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.GetProperty("accessToken").GetString());
        person.Server = server;
    }

    private static bool IsNoAnswer(Exception exception, CancellationToken cancellation) =>
        exception is HttpRequestException or IOException or JsonException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested);

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

    private async Task<Guid?> UploadAsync(Person person, byte[] clip, CancellationToken cancellation, params (string Name, string Value)[] options)
    {
        Promises.Attempt();
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in options) form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent(clip), "video", "clip.mp4");
        try
        {
            using var answer = await person.Http.PostAsync(new Uri(person.Server, "/api/v1/videos"), form, cancellation);
            if (answer.StatusCode != HttpStatusCode.Created)
            {
                Promises.Refuse((int)answer.StatusCode);
                return null;
            }
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            var job = body.GetProperty("job").GetProperty("id").GetGuid();
            string[] extras = [.. options.Where(option => option.Name == ExtrasOption).SelectMany(option => option.Value.Split(','))];
            Promises.Accept(job, body.GetProperty("id").GetGuid(), new Asked(person.Email, extras));
            return job;
        }
        catch (Exception exception) when (IsNoAnswer(exception, cancellation))
        {
            Promises.GiveUp();
            return null;
        }
    }
}
