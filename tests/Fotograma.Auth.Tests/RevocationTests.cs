using System.Net;

namespace Fotograma.Auth.Tests;

public sealed class RevocationTests
{
    private const string Logout = "/api/v1/auth/logout";

    [Fact]
    public async Task A_token_is_good_for_nothing_after_its_sign_out_and_another_one_still_is()
    {
        await using var host = await AuthHost.StartAsync();
        await host.RegisterAsync();
        var (mine, other) = (await host.TokenAsync(), await host.TokenAsync());

        (await host.PostAsync(Logout, new { }, ("Authorization", $"Bearer {mine}"))).Status.ShouldBe(HttpStatusCode.NoContent);

        (await host.MeStatusAsync(mine)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.MeStatusAsync(other)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_browsers_session_ends_for_its_copies_too()
    {
        await using var host = await AuthHost.StartAsync();
        await host.RegisterAsync();
        var signedIn = await host.PostAsync("/api/v1/auth/login", new { login = "ana@example.org", password = AuthHost.GoodPassword, session = true });
        var cookie = signedIn.Raw.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        (await MeAsync(host, cookie)).ShouldBe(HttpStatusCode.OK);

        (await host.PostAsync(Logout, new { }, ("Cookie", cookie), ("X-Fotograma-Request", "1"))).Status.ShouldBe(HttpStatusCode.NoContent);

        (await MeAsync(host, cookie)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Signing_out_without_being_signed_in_is_no_fault()
    {
        await using var host = await AuthHost.StartAsync();
        (await host.PostAsync(Logout, new { })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await host.PostAsync(Logout, new { }, ("Authorization", "Bearer nonsense"))).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    private static async Task<HttpStatusCode> MeAsync(AuthHost host, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        return (await host.SendAsync(request, ("Cookie", cookie))).Status;
    }
}
