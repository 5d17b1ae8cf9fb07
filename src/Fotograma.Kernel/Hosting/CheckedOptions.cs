using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Kernel.Hosting;

/// <summary>Settings that can say what is wrong with them.</summary>
public interface ICheckedOptions
{
    /// <summary>One sentence per fault, each naming the setting and what would be right.</summary>
    IEnumerable<string> Problems();
}

/// <summary>Binds settings once, refuses unknown keys, and gathers every fault of a configuration before the process starts work.</summary>
public static class CheckedOptions
{
    /// <summary>Binds <paramref name="section"/> to <typeparamref name="T"/>, registers it as a singleton and returns it.</summary>
    public static T AddChecked<T>(this IHostApplicationBuilder builder, string section) where T : class, ICheckedOptions, new()
    {
        var registered = builder.Services.FirstOrDefault(service => service.ServiceType == typeof(T))?.ImplementationInstance as T;
        if (registered is not null) return registered;
        var options = new T();
        var faults = Faults(builder.Services);
        var misread = Bind(builder.Configuration.GetSection(section), options);
        faults.AddRange(misread.Concat(options.Problems()).Select(problem => $"{section}: {problem}"));
        builder.Services.AddSingleton(options);
        return options;
    }

    /// <summary>Every fault found so far.</summary>
    public static IReadOnlyList<string> ConfigurationFaults(this IServiceCollection services) => Faults(services).Sentences;

    /// <summary>Adds a fault that no options class can see by itself.</summary>
    public static void AddConfigurationFault(this IServiceCollection services, string sentence) => Faults(services).Add(sentence);

    // Setting by setting, because the binder stops at the first one that it cannot read.
    private static List<string> Bind<T>(IConfigurationSection section, T options) where T : class
    {
        var misread = new List<string>();
        var values = section.AsEnumerable(makePathsRelative: true).ToList();
        foreach (var name in section.GetChildren().Select(child => child.Key))
        {
            var own = values.Where(value => value.Key == name || value.Key.StartsWith($"{name}:", StringComparison.Ordinal));
            try
            {
                new ConfigurationBuilder().AddInMemoryCollection(own).Build().Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
            }
            catch (InvalidOperationException exception)
            {
                misread.Add(Sentence(exception));
            }
        }
        return misread;
    }

    // The binder names the keys it does not know after the last colon, in single quotes; what stands before is about its own options.
    private static string Sentence(InvalidOperationException exception)
    {
        var message = exception.Message;
        if (!message.Contains(nameof(BinderOptions.ErrorOnUnknownConfiguration), StringComparison.Ordinal)) return message;
        return $"There is no setting {message[(message.LastIndexOf(':') + 1)..].Trim()}. Check the spelling against the list of settings.";
    }

    private static ConfigurationFaultList Faults(IServiceCollection services)
    {
        var present = services.FirstOrDefault(service => service.ServiceType == typeof(ConfigurationFaultList))?.ImplementationInstance;
        if (present is ConfigurationFaultList list) return list;
        var made = new ConfigurationFaultList();
        services.AddSingleton(made);
        return made;
    }

    private sealed class ConfigurationFaultList
    {
        public List<string> Sentences { get; } = [];

        public void Add(string sentence) => Sentences.Add(sentence);

        public void AddRange(IEnumerable<string> sentences) => Sentences.AddRange(sentences);
    }
}
