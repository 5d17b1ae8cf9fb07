using System.Net;

namespace Fotograma.Web.Tests;

public sealed class SecurityHeaderTests
{
    [Theory]
    [InlineData("/", HttpStatusCode.OK)]
    [InlineData("/assets/index-4f2a.js", HttpStatusCode.OK)]
    [InlineData("/api/v1/thing", HttpStatusCode.OK)]
    [InlineData("/api/v1/nothing", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/broken", HttpStatusCode.InternalServerError)]
    public async Task Every_answer_carries_the_headers(string path, HttpStatusCode status)
    {
        await using var host = await WebHost.StartAsync();
        var answer = await host.GetAsync(path);
        answer.StatusCode.ShouldBe(status);
        Header("X-Content-Type-Options").ShouldBe("nosniff");
        Header("X-Frame-Options").ShouldBe("DENY");
        Header("Referrer-Policy").ShouldBe("no-referrer");
        Header("Cross-Origin-Opener-Policy").ShouldBe("same-origin");
        Header("Cross-Origin-Resource-Policy").ShouldBe("same-origin");
        Header("Permissions-Policy").ShouldContain("camera=()");
        Header("Content-Security-Policy").ShouldStartWith("default-src 'none'");
        answer.Headers.Contains("Strict-Transport-Security").ShouldBeFalse();

        string Header(string name) => answer.Headers.GetValues(name).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Only_the_interface_may_load_anything()
    {
        await using var host = await WebHost.StartAsync();
        var page = (await host.GetAsync("/")).Headers.GetValues("Content-Security-Policy").Single();
        page.ShouldContain("script-src 'self';");
        page.ShouldNotContain("unsafe");
        (await host.GetAsync("/api/v1/html")).Headers.GetValues("Content-Security-Policy").Single()
            .ShouldBe("default-src 'none'; frame-ancestors 'none'; sandbox");
    }
}
