using System.Globalization;
using System.Reflection;
using Fotograma.Auth;
using Fotograma.Blobs.S3;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Kafka;
using Fotograma.Messaging.RabbitMq;
using Fotograma.Messaging.Sqs;
using Fotograma.Notify;
using Fotograma.Video;
using Fotograma.Web;
using Fotograma.Worker;

namespace Fotograma.Docs.Tests;

/// <summary>One key of the configuration as the options classes have it.</summary>
/// <param name="Key">With its section.</param>
/// <param name="Options">The class that is bound to the section.</param>
/// <param name="Path">The properties that lead from it to the value.</param>
internal sealed record Setting(string Key, Type Options, PropertyInfo[] Path)
{
    /// <summary>Every key of every options class of the product, found from the modules and drivers.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. OptionsTypes().SelectMany(type => Of(type, SectionOf(type), type, [])).OrderBy(setting => setting.Key, StringComparer.Ordinal)];

    public Type ValueType => Nullable.GetUnderlyingType(Path[^1].PropertyType) ?? Path[^1].PropertyType;

    /// <summary>The default as the documentation writes it.</summary>
    public string Default => Read() switch
    {
        null => "none",
        "" => "empty",
        System.Collections.ICollection { Count: 0 } => "empty",
        bool value => value ? "true" : "false",
        var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>What the options say when everything is as by default but this, as far as it is about this.</summary>
    public IReadOnlyList<string> ProblemsWith(decimal value)
    {
        var options = Make();
        Path[^1].SetValue(HolderIn(options), Convert.ChangeType(value, ValueType, CultureInfo.InvariantCulture));
        return [.. options.Problems().Where(problem => problem.Contains(Path[^1].Name, StringComparison.Ordinal))];
    }

    private object? Read() => Path[^1].GetValue(HolderIn(Make()));

    private ICheckedOptions Make() => (ICheckedOptions)Activator.CreateInstance(Options, nonPublic: true)!;

    private object HolderIn(object options) => Path[..^1].Aggregate(options, (holder, step) => step.GetValue(holder)!);

    private static IEnumerable<Type> OptionsTypes()
    {
        Type[] modules = [typeof(AuthModule), typeof(VideoModule), typeof(WorkerModule), typeof(NotifyModule), typeof(WebModule)];
        Type[] drivers = [typeof(KafkaRegistration), typeof(RabbitMqRegistration), typeof(SqsRegistration), typeof(S3Options)];
        var found = new Dictionary<string, Assembly>();
        foreach (var face in modules.Concat(drivers)) Follow(face.Assembly, found);
        // What the program itself brings, and with it every driver.
        Follow(Assembly.Load("fotograma"), found);
        return found.Values.SelectMany(assembly => assembly.GetTypes()).Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ICheckedOptions)));
    }

    private static void Follow(Assembly assembly, Dictionary<string, Assembly> found)
    {
        if (!found.TryAdd(assembly.GetName().Name!, assembly)) return;
        foreach (var name in assembly.GetReferencedAssemblies().Where(name => name.Name!.StartsWith("Fotograma.", StringComparison.Ordinal))) Follow(Assembly.Load(name), found);
    }

    private static string SectionOf(Type type) => (string)type.GetField("Section", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

    private static IEnumerable<Setting> Of(Type options, string prefix, Type holder, PropertyInfo[] path) => holder.GetProperties()
        .Where(property => property.SetMethod is { IsPublic: true })
        .SelectMany(property => property.PropertyType.Namespace!.StartsWith("Fotograma", StringComparison.Ordinal) && property.PropertyType.IsClass
            ? Of(options, $"{prefix}:{property.Name}", property.PropertyType, [.. path, property])
            : [new Setting($"{prefix}:{property.Name}", options, [.. path, property])]);
}
