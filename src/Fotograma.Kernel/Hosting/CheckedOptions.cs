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
        try
        {
            builder.Configuration.GetSection(section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
            faults.AddRange(options.Problems().Select(problem => $"{section}: {problem}"));
        }
        catch (InvalidOperationException exception)
        {
            faults.Add($"{section}: {Sentence(exception)}");
        }
        builder.Services.AddSingleton(options);
        return options;
    }

    /// <summary>Every fault found so far.</summary>
    public static IReadOnlyList<string> ConfigurationFaults(this IServiceCollection services) => Faults(services).Sentences;

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
