using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Sqs;

/// <summary>Registers Amazon SQS as the transport of the process.</summary>
public static class SqsRegistration
{
    /// <summary>Registers the transport and its section <see cref="SqsOptions.Section"/>. Called before anything that needs a transport.</summary>
    public static void AddSqsTransport(this IHostApplicationBuilder builder)
    {
        var options = builder.AddChecked<SqsOptions>(SqsOptions.Section);
        var messaging = builder.AddChecked<MessagingOptions>(MessagingOptions.Section);
        builder.BoundPublication($"{SqsOptions.Section}:CallSecondsMax", options.CallSecondsMax);
        foreach (var problem in Undercuts(options, messaging)) builder.Services.AddConfigurationFault($"{SqsOptions.Section}: {problem}");
        builder.Services.AddSingleton<ITransport>(services => new SqsTransport(
            SqsCalls.Client(options), options, messaging, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILoggerFactory>()));
    }

    // SQS must not lose what is still to be tried.
    private static IEnumerable<string> Undercuts(SqsOptions options, MessagingOptions messaging)
    {
        if (options.LastResortReceives <= SqsQueues.Needed(messaging))
            yield return $"LastResortReceives must be greater than {SqsQueues.Needed(messaging)}, which is how often an event is tried within {MessagingOptions.Section}:GiveUpMinutes.";
        if (TimeSpan.FromDays(options.RetentionDays) <= messaging.GiveUpAfter) yield return $"RetentionDays must be longer than {MessagingOptions.Section}:GiveUpMinutes.";
    }
}
