using System.Security.Cryptography;
using System.Text.Json;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Catalogue;

/// <summary>The key that signs tokens is changed for another while people upload.</summary>
internal static class KeyFaults
{
    private const string FormerStillGood = "uploads by tokens of the former key were accepted after it was changed";
    private const string NextIsGood = "uploads by tokens of the next key were accepted";
    private const string BothPublished = "two keys were published";

    public static IEnumerable<Mishap> All =>
    [
        new("F55", "the key that signs tokens is changed, and another process knows both only by HTTP", KeyIsChangedAsync)
        {
            Happened = [Proof.Noted(BothPublished), Proof.Noted(FormerStillGood) with { AtLeast = 4 }, Proof.Noted(NextIsGood) with { AtLeast = 2 }],
        },
    ];

    // Uploads go to a process that must ask another for the keys; the other is started again with the next one.
    private static async Task KeyIsChangedAsync(Trial trial)
    {
        var (deployment, crowd) = (trial.Deployment, trial.Crowd);
        var keys = new Uri(deployment.Address, "/.well-known/jwks.json");
        await deployment.StartSecondAsync("video", new() { ["Tokens__JwksUrl"] = keys.ToString() }, trial.Cancellation);
        crowd.MoveTo(deployment.SecondAddress!);
        await trial.LoadAsync(2);
        var load = trial.LoadAsync(12);
        await trial.PassSomeAsync();
        await deployment.RestartApiAsync(new() { ["Auth__SigningKeyFile"] = NextKey(deployment), ["Auth__FurtherKeyFiles"] = deployment.SigningKeyOfApi }, trial.Cancellation);
        if (await PublishedAsync(keys, trial.Cancellation) == 2) trial.Note(BothPublished);
        var before = crowd.Promises.Accepted.Count;
        await Task.WhenAll(load, trial.LoadAsync(4));
        trial.Note(FormerStillGood, crowd.Promises.Accepted.Count - before);
        for (var turn = 0; turn < 2; turn++)
        {
            if (await crowd.RegisterAsync(deployment.Address, trial.Cancellation) is not { } newcomer) continue;
            if (await crowd.BeginAsync(newcomer, deployment.Address, trial.Clip, trial.Cancellation, deployment.SecondAddress) is not null) trial.Note(NextIsGood);
        }
        if (crowd.Promises.RefusedWith(401) is > 0 and var turnedAway) throw new InvalidOperationException($"{turnedAway} uploads by people who were signed in were answered with 401.");
        await trial.RestsAsync();
        await deployment.StopSecondAsync();
    }

    private static string NextKey(Deployments.Deployment deployment)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var path = $"{deployment.SigningKeyOfApi}.next";
        File.WriteAllText(path, key.ExportPkcs8PrivateKeyPem());
        return path;
    }

    private static async Task<int> PublishedAsync(Uri keys, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        return JsonElement.Parse(await http.GetStringAsync(keys, cancellation)).GetProperty("keys").GetArrayLength();
    }
}
