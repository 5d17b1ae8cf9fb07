namespace Fotograma.Faults.Deployments;

/// <summary>The published program: the folder in FOTOGRAMA_BIN, or <c>artifacts/fotograma</c> of this checkout.</summary>
internal static class Product
{
    public static string Program { get; } = Find();

    /// <summary>The program as it was before: the folder in FOTOGRAMA_BIN_BEFORE, which <c>./dev faults</c> builds from the history.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static string Before => Environment.GetEnvironmentVariable("FOTOGRAMA_BIN_BEFORE") is { Length: > 0 } named
        ? Path.Combine(Path.GetFullPath(named), "fotograma")
        : throw new InvalidOperationException("The version before is not built: this clone lacks the revision that ./dev names, or the program was not started by ./dev faults.");

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("FOTOGRAMA_BIN") is { Length: > 0 } named) return Path.Combine(Path.GetFullPath(named), "fotograma");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, "artifacts", "fotograma", "fotograma");
            if (File.Exists(built)) return built;
        }
        throw new InvalidOperationException("The program is not built. Run ./dev build first.");
    }
}
