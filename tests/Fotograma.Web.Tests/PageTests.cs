using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fotograma.Web.Tests;

public sealed class PageTests
{
    private const string Browser = "text/html,application/xhtml+xml,*/*;q=0.8";

    [Theory]
    [InlineData("/")]
    [InlineData("/index.html")]
    [InlineData("/login")]
    [InlineData("/jobs/0198c0de-0000-7000-8000-000000000000")]
    [InlineData("/jobs/v1.2")]
    public async Task A_browser_gets_the_page_at_every_address_of_the_interface(string path)
    {
        await using var host = await WebHost.StartAsync();
        var answer = await host.GetAsync(path, Browser);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        answer.Headers.CacheControl!.ToString().ShouldBe("no-cache");
        (await answer.Content.ReadAsStringAsync(WebHost.Cancellation)).ShouldContain("<title>Fotograma</title>");
    }

    [Theory]
    [InlineData("/api/v1/nothing")]
    [InlineData("/API/v1/nothing")]
    [InlineData("/api")]
    [InlineData("/health/nothing")]
    [InlineData("/.well-known/nothing")]
    [InlineData("/assets/missing.js")]
    [InlineData("/assets/")]
    public async Task Addresses_of_programs_are_never_answered_with_the_page(string path)
    {
        await using var host = await WebHost.StartAsync();
        var answer = await host.GetAsync(path, Browser);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task A_missing_file_is_not_answered_with_the_page()
    {
        await using var host = await WebHost.StartAsync();
        (await host.GetAsync("/missing.js")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await host.GetAsync("/jobs/1", "application/json")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Routes_of_other_modules_come_first_and_keep_their_methods()
    {
        await using var host = await WebHost.StartAsync();
        (await host.Client.GetStringAsync("/api/v1/thing", WebHost.Cancellation)).ShouldBe("thing");
        using var empty = new StringContent("");
        (await (await host.Client.PostAsync("/login", empty, WebHost.Cancellation)).Content.ReadAsStringAsync(WebHost.Cancellation)).ShouldBe("signed in");
        (await host.Client.PostAsync("/api/v1/thing", empty, WebHost.Cancellation)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await host.Client.PostAsync("/jobs/1", empty, WebHost.Cancellation)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Hashed_files_may_be_kept_for_ever_and_travel_compressed()
    {
        await using var host = await WebHost.StartAsync();
        var plain = await host.GetAsync("/assets/index-4f2a.js");
        plain.Headers.CacheControl!.ToString().ShouldBe("public, max-age=31536000, immutable");
        (await plain.Content.ReadAsStringAsync(WebHost.Cancellation)).ShouldBe(WebHost.Script);

        var brotli = await host.GetAsync("/assets/index-4f2a.js", "*/*", ("Accept-Encoding", "gzip, br"));
        brotli.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        brotli.Headers.Vary.ShouldBe(["Accept-Encoding"]);
        brotli.Headers.ETag.ShouldNotBe(plain.Headers.ETag);
        await using var unpacked = new BrotliStream(await brotli.Content.ReadAsStreamAsync(WebHost.Cancellation), CompressionMode.Decompress);
        (await new StreamReader(unpacked).ReadToEndAsync(WebHost.Cancellation)).ShouldBe(WebHost.Script);

        var gzip = await host.GetAsync("/assets/index-4f2a.js", "*/*", ("Accept-Encoding", "gzip, br;q=0"));
        gzip.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        (await host.GetAsync("/logo.png", "*/*", ("Accept-Encoding", "br"))).Content.Headers.ContentEncoding.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_that_has_not_changed_is_not_sent_again()
    {
        await using var host = await WebHost.StartAsync();
        var tag = (await host.GetAsync("/", Browser)).Headers.ETag!.ToString();
        (await host.GetAsync("/", Browser, ("If-None-Match", tag))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using var head = new HttpRequestMessage(HttpMethod.Head, "/");
        var answer = await host.Client.SendAsync(head, WebHost.Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsByteArrayAsync(WebHost.Cancellation)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/../secret.txt")]
    [InlineData("/assets/../../secret.txt")]
    [InlineData("/..%2fsecret.txt")]
    [InlineData("/%2e%2e/secret.txt")]
    [InlineData("/..%5csecret.txt")]
    [InlineData("//secret.txt")]
    public async Task No_path_leads_out_of_the_folder(string path)
    {
        await using var host = await WebHost.StartAsync();
        // A bare socket, because HTTP clients tidy paths up.
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress!.Port, WebHost.Cancellation);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), WebHost.Cancellation);
        var answer = await new StreamReader(stream).ReadToEndAsync(WebHost.Cancellation);
        answer.ShouldStartWith("HTTP/1.1 ");
        answer.ShouldNotContain("not to be served");
    }

    [Fact]
    public async Task Without_a_build_the_front_door_says_how_to_make_one_and_a_later_build_is_found()
    {
        await using var host = await WebHost.StartAsync(built: false);
        var answer = await host.GetAsync("/", Browser);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        (await answer.Content.ReadAsStringAsync(WebHost.Cancellation)).ShouldContain("./dev build");
        (await host.GetAsync("/jobs/1", Browser)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await host.BuildAsync();
        (await host.GetAsync("/jobs/1", Browser)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
