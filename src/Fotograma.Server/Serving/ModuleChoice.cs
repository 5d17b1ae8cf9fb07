using Fotograma.Kernel.Modules;

namespace Fotograma.Server.Serving;

/// <summary>Which modules a process hosts: <c>all</c> (the default) or a comma-separated list of names.</summary>
internal static class ModuleChoice
{
    public static (IReadOnlyList<HostedModule> Chosen, IReadOnlyList<string> Unknown) Of(string? text, IReadOnlyList<HostedModule> all)
    {
        if (string.IsNullOrWhiteSpace(text) || text == "all") return (all, []);
        var names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var unknown = names.Where(name => all.All(module => module.Name != name)).ToList();
        return ([.. all.Where(module => names.Contains(module.Name))], unknown);
    }
}
