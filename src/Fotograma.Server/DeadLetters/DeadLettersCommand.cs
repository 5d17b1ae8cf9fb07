using System.Globalization;
using Fotograma.Server.Checking;
using Fotograma.Server.Cli;
using Fotograma.Server.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Fotograma.Server.DeadLetters;

/// <summary><c>fotograma dead-letters</c>: shows what was given up, and lets it be tried again.</summary>
internal static class DeadLettersCommand
{
    private const string Id = "--id";
    private const int ListedMax = 1000;

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        if (args is ["--help" or "-h", ..]) return terminal.Say(HelpText.DeadLetters);
        var (place, rest) = args switch
        {
            ["redrive", var name, .. var others] when !name.StartsWith('-') => (name, others),
            ["list", .. var others] => (null, others),
            [['-', ..], ..] or [] => ((string?)null, args),
            _ => ("", args),
        };
        if (place == "") return terminal.Fail(ExitCode.Usage, "dead-letters takes 'list', or 'redrive' with the place. Run 'fotograma help dead-letters'.");
        var (id, settings) = rest is [Id, var text, .. var behind] && place is not null ? (text, behind) : (null, rest);
        var only = Guid.TryParse(id, out var named) ? named : (Guid?)null;
        if (id is not null && only is null) return terminal.Fail(ExitCode.Usage, $"'{id}' is not the id of an event.");
        var host = ServerHost.Compose([.. settings, "--modules=all"]);
        ServeCommand.ProtectData(host.Builder);
        if (host.Faults is { Count: > 0 } faults) return ServeCommand.Refuse(faults);
        // What fails is told by this command, in one place.
        host.Builder.Logging.ClearProviders();
        await using var app = host.Build();
        return await RunAsync(app, place, only, terminal);
    }

    private static async Task<int> RunAsync(WebApplication app, string? name, Guid? only, Terminal terminal)
    {
        using var interruption = new Interruption();
        var places = GivenUpPlace.All(app.Services);
        if (name is null) return await TryAsync(app, interruption, terminal, () => ListAsync(places, terminal, interruption.Token));
        var place = places.FirstOrDefault(place => place.Name == name);
        return place is null
            ? terminal.Fail(ExitCode.Usage, $"there is no place {name}. Choose among {string.Join(", ", places.Select(place => place.Name))}.")
            : await TryAsync(app, interruption, terminal, () => PutBackAsync(place, only, terminal, interruption.Token));
    }

    private static async Task<int> TryAsync(WebApplication app, Interruption interruption, Terminal terminal, Func<Task<int>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception) when (interruption.Token.IsCancellationRequested)
        {
            return interruption.ExitCode;
        }
        catch (Exception exception)
        {
            return terminal.Fail(ExitCode.Internal, Secrets.Of(app.Configuration).Hide($"what was given up cannot be read or put back: {exception.Message}"));
        }
    }

    private static async Task<int> ListAsync(IReadOnlyList<GivenUpPlace> places, Terminal terminal, CancellationToken cancellation)
    {
        foreach (var place in places)
        {
            var all = await place.ReadAsync(ListedMax + 1, cancellation);
            if (all.Count == 0) terminal.Say($"{place.Name}  nothing");
            foreach (var one in all.Take(ListedMax))
            {
                var at = one.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
                terminal.Say(OneLine($"{place.Name}  {at}  {one.Event?.Type ?? "(no event)"}  {one.Event?.Id.ToString() ?? "-"}  {one.Reason}"));
            }
            if (all.Count > ListedMax) terminal.Say($"{place.Name}  and more; these are the oldest {ListedMax}. redrive takes all of them.");
        }
        return ExitCode.Ok;
    }

    private static async Task<int> PutBackAsync(GivenUpPlace place, Guid? only, Terminal terminal, CancellationToken cancellation)
    {
        var (given, unreadable) = await place.PutBackAsync(only, cancellation);
        if (only is not null && given == 0) return terminal.Fail(ExitCode.Usage, $"{place.Name} has given up no event {only}.");
        return terminal.Say($"{place.Name}  {given} tried again, {unreadable} cannot be read as events and stay");
    }

    // Strangers' text must not steer the terminal.
    private static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
}
