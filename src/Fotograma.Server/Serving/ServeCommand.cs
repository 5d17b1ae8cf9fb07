using Fotograma.Kernel.Hosting;
using Fotograma.Server.Cli;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Server.Serving;

/// <summary><c>fotograma serve</c>: hosts all modules in one process, or those named with <c>--modules</c>.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var host = ServerHost.Compose(args);
        ProtectData(host.Builder);
        if (host.Faults is { Count: > 0 } faults) return Refuse(faults);
        await using var app = host.Build();
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception) when (exception is FormatException || Outage.IsOne(exception))
        {
            // A port that is taken, a folder that cannot be written: the sentence says it all, a stack trace says nothing more.
            Console.Error.WriteLine($"Fotograma cannot start: {Outage.SentenceOf(exception)}");
            // Background work may have begun, and gives back what it took.
            await app.StopAsync();
            return ExitCode.Internal;
        }
        Banner.Print(app, host.Modules);
        await app.WaitForShutdownAsync();
        return ExitCode.Ok;
    }

    // Passwords' hashes, addresses and mails lie there: a new folder is its owner's alone. One that exists keeps the rights its owner gave it.
    internal static void ProtectData(WebApplicationBuilder builder)
    {
        var folder = builder.AddChecked<DataOptions>(DataOptions.Section).FullPath;
        if (OperatingSystem.IsLinux() && !Directory.Exists(folder)) Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    internal static int Refuse(IReadOnlyList<string> faults)
    {
        Console.Error.WriteLine("Fotograma cannot start with this configuration:");
        foreach (var fault in faults) Console.Error.WriteLine($"  {fault}");
        return ExitCode.Usage;
    }
}
