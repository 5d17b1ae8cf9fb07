using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Fotograma.Auth.Tests;

/// <summary>The key that signs tokens is changed for another.</summary>
public sealed class KeyChangeTests : IDisposable
{
    private readonly string files = Directory.CreateTempSubdirectory("fotograma-keys-").FullName;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tokens_of_the_former_key_are_good_as_long_as_it_is_published(bool isPublicHalfOnly)
    {
        var (host, former) = await SignedInAsync();
        var formerKey = Former(host.Folder, isPublicHalfOnly);
        await host.StopAsync();

        var published = await AuthHost.StartAsync(host.Folder, ("Auth:SigningKeyFile", Made("next.pem")), ("Auth:FurtherKeyFiles", formerKey));
        var latter = await published.TokenAsync();
        Kid(latter).ShouldNotBe(Kid(former));
        (await KidsAsync(published)).ShouldBe([Kid(latter), Kid(former)]);
        (await published.MeStatusAsync(former)).ShouldBe(HttpStatusCode.OK);
        (await published.MeStatusAsync(latter)).ShouldBe(HttpStatusCode.OK);
        await published.StopAsync();

        await using var forgotten = await AuthHost.StartAsync(host.Folder, ("Auth:SigningKeyFile", PathOf("next.pem")));
        (await forgotten.MeStatusAsync(former)).ShouldBe(HttpStatusCode.Unauthorized);
        (await forgotten.MeStatusAsync(latter)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_process_that_signs_with_the_former_key_accepts_tokens_of_the_next_one()
    {
        var (host, _) = await SignedInAsync();
        await host.StopAsync();
        var first = await AuthHost.StartAsync(host.Folder, ("Auth:SigningKeyFile", Made("next.pem")));
        var early = await first.TokenAsync();
        await first.StopAsync();

        await using var second = await AuthHost.StartAsync(host.Folder, ("Auth:FurtherKeyFiles", $"{PathOf("next.pem")} , {PathOf("next.pem")}"));

        (await KidsAsync(second)).Count.ShouldBe(2, "The same key twice is one key.");
        (await second.MeStatusAsync(early)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_that_is_withdrawn_is_forgotten_by_processes_that_read_the_file()
    {
        var (host, token) = await SignedInAsync();
        await using var running = host;
        (await host.MeStatusAsync(token)).ShouldBe(HttpStatusCode.OK);
        await File.WriteAllTextAsync(Path.Combine(host.Folder, "keys", "jwks.json"), """{"keys":[]}""", AuthHost.Cancellation);

        (await host.MeStatusAsync(token)).ShouldBe(HttpStatusCode.OK, "The file was read a moment ago.");
        host.Clock.Advance(TimeSpan.FromMinutes(6));

        (await host.MeStatusAsync(token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_file_that_is_no_key_stops_the_start_with_a_sentence()
    {
        await File.WriteAllTextAsync(PathOf("odd.pem"), "no key", AuthHost.Cancellation);

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => AuthHost.StartAsync(PathOf("data"), ("Auth:FurtherKeyFiles", PathOf("odd.pem"))));

        failure.Message.ShouldContain("odd.pem");
        failure.Message.ShouldContain("Auth:FurtherKeyFiles");
    }

    [Fact]
    public async Task A_public_half_cannot_sign_and_stops_the_start_with_a_sentence()
    {
        var (host, _) = await SignedInAsync();
        await using var running = host;
        var half = Former(host.Folder, isPublicHalfOnly: true);

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => AuthHost.StartAsync(PathOf("data"), ("Auth:SigningKeyFile", half)));

        failure.Message.ShouldContain("private key in PEM form");
    }

    public void Dispose() => Directory.Delete(files, recursive: true);

    private static async Task<(AuthHost Host, string Token)> SignedInAsync()
    {
        var host = await AuthHost.StartAsync();
        await host.RegisterAsync();
        return (host, await host.TokenAsync());
    }

    private static string Kid(string token) => new JsonWebToken(token).Kid;

    private static async Task<List<string>> KidsAsync(AuthHost host)
    {
        var keys = JsonElement.Parse(await host.Client.GetStringAsync("/.well-known/jwks.json", AuthHost.Cancellation)).GetProperty("keys");
        keys.GetRawText().ShouldNotContain("\"d\"");
        return [.. keys.EnumerateArray().Select(key => key.GetProperty("kid").GetString()!)];
    }

    private string Former(string data, bool isPublicHalfOnly)
    {
        var pem = File.ReadAllText(Path.Combine(data, "keys", "signing.pem"));
        if (isPublicHalfOnly)
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(pem);
            pem = key.ExportSubjectPublicKeyInfoPem();
        }
        File.WriteAllText(PathOf("former.pem"), pem);
        return PathOf("former.pem");
    }

    private string Made(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(PathOf(name), key.ExportPkcs8PrivateKeyPem());
        return PathOf(name);
    }

    private string PathOf(string name) => Path.Combine(files, name);
}
