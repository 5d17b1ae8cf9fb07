using System.Runtime.InteropServices;

namespace Fotograma.Peers.Kafka;

/// <summary>Where librdkafka lies: beside the tests, or else among the packages that were restored.</summary>
internal static class KafkaLibrary
{
    // The first needs less of the system than the second, and both have the brokers in them.
    private static readonly string[] Names = ["centos8-librdkafka.so", "librdkafka.so"];

    public static string Path { get; } = Candidates().FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException("librdkafka was not found beside the tests nor among the restored packages. Restore the Kafka driver first.");

    private static IEnumerable<string> Candidates()
    {
        var platform = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        var folders = new List<string> { AppContext.BaseDirectory, System.IO.Path.Combine(AppContext.BaseDirectory, "runtimes", platform, "native") };
        var package = System.IO.Path.Combine(Packages(), "librdkafka.redist");
        if (Directory.Exists(package))
        {
            folders.AddRange(Directory.EnumerateDirectories(package).OrderDescending(StringComparer.Ordinal)
                .Select(version => System.IO.Path.Combine(version, "runtimes", platform, "native")));
        }
        return folders.SelectMany(_ => Names, System.IO.Path.Combine);
    }

    private static string Packages() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
        ? folder : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
