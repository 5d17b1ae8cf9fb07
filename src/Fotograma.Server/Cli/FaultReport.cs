using Fotograma.Media.Faults;

namespace Fotograma.Server.Cli;

/// <summary>Says on a terminal why a video could not be used.</summary>
internal static class FaultReport
{
    /// <summary>Prints the fault with its code and the library's words, and gives the exit code.</summary>
    public static int Print(Terminal terminal, MediaException exception)
    {
        terminal.Error.WriteLine($"fotograma: {exception.Fault.Sentence}");
        terminal.Error.WriteLine($"  code:   {exception.Fault.Code}");
        if (exception.Detail.Length > 0) terminal.Error.WriteLine($"  detail: {exception.Detail}");
        if (exception.Fault.Limits is [var first, ..] all) terminal.Error.WriteLine($"  limit:  {string.Join(", ", all)}; another one for once: --limits {first}=NUMBER");
        foreach (var warning in exception.Warnings) terminal.Error.WriteLine($"warning: {warning.Message}");
        return exception.Fault == MediaFault.DecoderUnavailable || exception.Fault == MediaFault.NotConfined ? ExitCode.Decoder : ExitCode.Input;
    }

    /// <summary>Whether the input can be opened at all; prints why not.</summary>
    public static bool CanOpen(string path, Terminal terminal)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            terminal.Fail(ExitCode.Input, $"the input cannot be opened: {exception.Message}");
            return false;
        }
    }
}
