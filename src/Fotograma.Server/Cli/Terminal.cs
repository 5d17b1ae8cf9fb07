namespace Fotograma.Server.Cli;

/// <summary>Where the program speaks: results on standard output, everything else on standard error.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Progress, warnings and errors.</param>
/// <param name="IsLive">Whether <paramref name="Error"/> is a terminal on which a line can be drawn again.</param>
/// <param name="Columns">Width of that terminal, in characters.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsLive, int Columns)
{
    private const int UsualColumns = 80;

    /// <summary>The terminal of this process.</summary>
    public static Terminal Open()
    {
        var live = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        return new Terminal(Console.Out, Console.Error, live, live ? WindowWidth() : UsualColumns);
    }

    /// <summary>Writes a result.</summary>
    public int Say(string text)
    {
        Out.WriteLine(text);
        return ExitCode.Ok;
    }

    /// <summary>Writes an error and gives <paramref name="code"/> back.</summary>
    public int Fail(int code, string text)
    {
        Error.WriteLine($"fotograma: {text}");
        return code;
    }

    /// <summary>Refuses a verb that does not exist.</summary>
    public int RefuseVerb(string verb) => Fail(ExitCode.Usage, $"there is no command '{verb}'. Run 'fotograma --help' for a list.");

    private static int WindowWidth()
    {
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : UsualColumns;
        }
        catch (IOException)
        {
            return UsualColumns;
        }
    }
}
