namespace Fotograma.Server.Cli;

/// <summary>What the program's exit code says; part of its public contract, and listed in its help.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>A fault of the program itself.</summary>
    public const int Internal = 1;

    /// <summary>The command line cannot be understood.</summary>
    public const int Usage = 2;

    /// <summary>The input cannot be used; the fault's code is printed.</summary>
    public const int Input = 3;

    /// <summary>The output cannot be written.</summary>
    public const int Output = 4;

    /// <summary>The decoder is missing or cannot run here.</summary>
    public const int Decoder = 5;

    /// <summary>Ended by Ctrl-C (128 + SIGINT).</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by SIGTERM (128 + SIGTERM).</summary>
    public const int Terminated = 143;
}
