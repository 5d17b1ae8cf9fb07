namespace Fotograma.Faults.Deployments;

/// <summary>The published program: the folder in FOTOGRAMA_BIN, or <c>artifacts/fotograma</c> of this checkout.</summary>
internal static class Product
{
    public static string Program { get; } = Find();

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
