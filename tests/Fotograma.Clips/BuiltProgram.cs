namespace Fotograma.Clips;

/// <summary>The programs that the build compiles ahead of time, which tests start.</summary>
public static class BuiltProgram
{
    /// <summary>The decoder as it is shipped.</summary>
    public static string Decoder { get; } = Published("Fotograma.Decoder", "fotograma-decoder");

    /// <summary>The program <c>fotograma</c>, without the server beside it.</summary>
    public static string Cli { get; } = Published("Fotograma.Cli", "fotograma-cli");

    /// <summary>The decoder as a program that is compiled while it runs, which cannot be confined.</summary>
    public static string LooseDecoder { get; } = Path.Combine(Artifacts.FullName, "bin", "Fotograma.Decoder", Configuration, "fotograma-decoder");

    /// <summary>A program behind the decoder's walls that tries to get out.</summary>
    public static string SandboxProbe { get; } = Published("Fotograma.SandboxProbe", "fotograma-sandbox-probe");

    // artifacts/bin/<project>/<configuration>
    private static DirectoryInfo Here => new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));

    private static string Configuration => Here.Name;

    private static DirectoryInfo Artifacts => Here.Parent!.Parent!.Parent!;

    private static string Published(string project, string program) => Path.Combine(Artifacts.FullName, "publish", project, Configuration, program);
}
