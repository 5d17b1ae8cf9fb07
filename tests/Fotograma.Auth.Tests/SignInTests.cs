using System.Net;
using Fotograma.Auth.Passwords;
using Fotograma.Auth.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Auth.Tests;

public sealed class SignInTests
{
    [Theory]
    [InlineData("ana@example.org")]
    [InlineData("ANA@EXAMPLE.ORG")]
    [InlineData(" Ana ")]
    public async Task One_signs_in_by_address_or_user_name_whatever_their_case(string login)
    {
        await using var host = await AuthHost.StartAsync();
        await host.RegisterAsync();
        var (status, body, raw) = await host.PostAsync("/api/v1/auth/login", new { login, password = AuthHost.GoodPassword });
        status.ShouldBe(HttpStatusCode.OK);
        raw.Headers.CacheControl!.NoStore.ShouldBeTrue();
        body.GetProperty("tokenType").GetString().ShouldBe("Bearer");
        body.GetProperty("expiresAt").GetDateTimeOffset().ShouldBe(host.Clock.GetUtcNow().AddMinutes(720), TimeSpan.FromSeconds(5));
        (await host.MeStatusAsync(body.GetProperty("accessToken").GetString()!)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_unknown_user_and_a_wrong_password_get_the_same_answer()
    {
        await using var host = await AuthHost.StartAsync();
        await host.RegisterAsync();
        (string, string)[] attempts = [("ana@example.org", "wrong password"), ("nobody@example.org", "wrong password"), ("nobody", "wrong password"),
            ("ana@example.org", ""), ("", ""), ("ana", new string('x', 5000))];
        var answers = new List<string>();
        foreach (var (login, password) in attempts)
        {
            var (status, body, _) = await host.PostAsync("/api/v1/auth/login", new { login, password });
            status.ShouldBe(HttpStatusCode.Unauthorized);
            answers.Add($"{body.GetProperty("code")} {body.GetProperty("title")} {body.GetProperty("detail")} {string.Join(',', body.EnumerateObject().Select(m => m.Name))}");
        }
        answers.Distinct().ShouldHaveSingleItem().ShouldStartWith("auth.invalid_credentials");
    }

    [Fact]
    public async Task An_unknown_user_costs_a_whole_hash()
    {
        await using var host = await AuthHost.StartAsync(null, ("Auth:PasswordMemoryKiB", "19456"), ("Auth:PasswordIterations", "2"));
        var hasher = host.Services.GetRequiredService<PasswordHasher>();
        var stored = await hasher.HashAsync("some password", AuthHost.Cancellation);
        var known = await TimeAsync(stored);
        var unknown = await TimeAsync(null);
        // A shortcut would take microseconds; other load on the machine moves both by far less than this factor.
        (unknown / known).ShouldBeGreaterThan(0.1);

        async Task<double> TimeAsync(string? hash)
        {
            var best = TimeSpan.MaxValue;
            for (var i = 0; i < 3; i++)
            {
                var begin = TimeProvider.System.GetTimestamp();
                (await hasher.VerifyAsync("wrong", hash, AuthHost.Cancellation)).ShouldBeFalse();
                var took = TimeProvider.System.GetElapsedTime(begin);
                best = took < best ? took : best;
            }
            return best.TotalMilliseconds;
        }
    }

    [Fact]
    public async Task Hashes_are_argon2id_with_a_salt_of_their_own_and_are_renewed_when_the_settings_change()
    {
        var host = await AuthHost.StartAsync();
        await host.RegisterAsync();
        await host.RegisterAsync("bia@example.org", "bia");
        var before = await HashesAsync(host);
        before.ShouldAllBe(hash => hash.StartsWith("$argon2id$v=19$m=8192,t=1,p=1$", StringComparison.Ordinal));
        before.Distinct().Count().ShouldBe(2);
        await host.StopAsync();

        await using var again = await AuthHost.StartAsync(host.Folder, ("Auth:PasswordIterations", "2"));
        (await again.PostAsync("/api/v1/auth/login", new { login = "ana", password = "not the password" })).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await HashesAsync(again)).ShouldBe(before);
        await again.TokenAsync("ana");
        var after = await HashesAsync(again);
        after[0].ShouldStartWith("$argon2id$v=19$m=8192,t=2,p=1$");
        after[1].ShouldBe(before[1]);
        (await again.TokenAsync("ana")).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_hash_made_by_the_reference_implementation_verifies()
    {
        // The test vector of the Argon2 reference implementation (phc-winner-argon2, src/test.c): argon2id, v=19, t=2, m=2^16, p=1.
        const string reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        using var hasher = new PasswordHasher(new AuthOptions());
        (await hasher.VerifyAsync("password", reference, AuthHost.Cancellation)).ShouldBeTrue();
        (await hasher.VerifyAsync("Password", reference, AuthHost.Cancellation)).ShouldBeFalse();
        hasher.IsOutdated(reference).ShouldBeTrue();
        PhcHash.Parse(reference).ToString().ShouldBe(reference);
    }

    [Theory]
    [InlineData("")]
    [InlineData("$2a$10$abcdefghijklmnopqrstuv")]
    [InlineData("$argon2id$v=19$m=999999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    public void A_stored_hash_that_is_foreign_or_absurd_is_refused(string stored) => Should.Throw<FormatException>(() => PhcHash.Parse(stored));

    private static async Task<List<string>> HashesAsync(AuthHost host)
    {
        await using var db = await host.Services.GetRequiredService<IDbContextFactory<AuthDb>>().CreateDbContextAsync(AuthHost.Cancellation);
        return await db.Accounts.OrderBy(account => account.EmailKey).Select(account => account.PasswordHash).ToListAsync(AuthHost.Cancellation);
    }
}
