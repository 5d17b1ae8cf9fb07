using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Modules;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Server.Serving;

/// <summary>What a person at the terminal wants to know once the server is up.</summary>
internal static class Banner
{
    public static void Print(WebApplication app, IReadOnlyList<HostedModule> modules)
    {
        var data = app.Services.GetRequiredService<DataOptions>();
        Console.WriteLine();
        Console.WriteLine($"  Fotograma {ProductVersion.Text} is running");
        foreach (var url in app.Urls) Console.WriteLine($"    open     {url}");
        Console.WriteLine($"    data     {data.FullPath}");
        Console.WriteLine($"    modules  {string.Join(", ", modules.Select(module => module.Name))}");
        Console.WriteLine("    stop     Ctrl+C");
        Console.WriteLine();
    }
}
