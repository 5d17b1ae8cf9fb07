namespace Fotograma.Server.Cli;

/// <summary>One option of a command: its long name, its letter if it has one, and whether a value follows.</summary>
internal sealed record Flag(string Name, bool TakesValue = true, char? Letter = null);

/// <summary>
/// Arguments taken apart: <c>--name value</c>, <c>--name=value</c>, <c>-o value</c>, bare flags, and everything else in order. After
/// <c>--</c> nothing is an option. Every fault is reported, not just the first.
/// </summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly List<string> positional = [];
    private readonly List<string> problems = [];

    /// <summary>What is not an option.</summary>
    public IReadOnlyList<string> Positional => positional;

    /// <summary>What is wrong with the arguments.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>The value of an option; the empty text for a bare flag; null when it was not given.</summary>
    public string? this[string name] => values.GetValueOrDefault(name);

    /// <summary>Whether an option was given.</summary>
    public bool Has(string name) => values.ContainsKey(name);

    /// <summary>Takes <paramref name="arguments"/> apart by the options in <paramref name="flags"/>.</summary>
    public static CommandLine Parse(IReadOnlyList<string> arguments, IReadOnlyList<Flag> flags)
    {
        var line = new CommandLine();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--")
            {
                line.positional.AddRange(arguments.Skip(i + 1));
                break;
            }

            if (argument.Length < 2 || argument[0] != '-') line.positional.Add(argument);
            else i += line.Take(argument, i + 1 < arguments.Count ? arguments[i + 1] : null, flags);
        }

        return line;
    }

    /// <summary>Takes one option and gives how many of the following arguments belong to it.</summary>
    private int Take(string argument, string? next, IReadOnlyList<Flag> flags)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? argument : argument[..equals];
        var flag = flags.FirstOrDefault(flag => name == $"--{flag.Name}" || (flag.Letter is { } letter && name == $"-{letter}"));
        if (flag is null) problems.Add($"{name}: there is no such option.");
        else if (values.ContainsKey(flag.Name)) problems.Add($"{name}: give it only once.");
        if (flag is null || !flag.TakesValue)
        {
            if (flag is null) return 0;
            if (equals >= 0) problems.Add($"{name}: it takes no value.");
            values[flag.Name] = "";
            return 0;
        }

        if (equals < 0 && next is null) problems.Add($"{name}: a value has to follow.");
        values[flag.Name] = equals >= 0 ? argument[(equals + 1)..] : next ?? "";
        return equals < 0 && next is not null ? 1 : 0;
    }
}
