using Fotograma.Data;
using Fotograma.Data.DynamoDb;
using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Modules;
using Fotograma.Messages;
using Fotograma.Messaging;
using Fotograma.Notify.Contacts;
using Fotograma.Notify.Delivery;
using Fotograma.Notify.Outcomes;
using Fotograma.Notify.Reading;
using Fotograma.Notify.Storage;
using Fotograma.Notify.Storage.Database;
using Fotograma.Notify.Storage.DynamoDb;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Notify;

/// <summary>
/// Tells people how their videos ended. A notification is a row first, unique for its job, event and channel, and is sent from there: an event that comes
/// twice makes one row, and a mail server that is away for hours costs nothing but time.
/// </summary>
public sealed class NotifyModule : IModule
{
    /// <inheritdoc/>
    public static string Name => "notify";

    /// <inheritdoc/>
    public static void AddServices(IHostApplicationBuilder builder)
    {
        var mail = builder.AddChecked<MailOptions>(MailOptions.Section);
        builder.AddChecked<DataOptions>(DataOptions.Section);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<Ids>();
        AddLog(builder);
        builder.Services.AddSingleton<ContactBook>();
        builder.Services.AddSingleton<OutcomeNotifier>();
        builder.Services.AddSingleton<NotificationQueue>();
        if (mail.KeepsInFolder) builder.Services.AddSingleton<IMailDriver, FolderDriver>();
        else
        {
            builder.Services.AddSingleton<SmtpDriver>();
            builder.Services.AddSingleton<IMailDriver>(services => services.GetRequiredService<SmtpDriver>());
            builder.Services.AddConnectionTrial("smtp", (services, cancellation) => services.GetRequiredService<SmtpDriver>().TryAsync(cancellation));
        }
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<MailCounts>();
        builder.AddLink(MailSender.LinkName, "The mail server", "sends", "mails wait, and are tried again for as long as Mail:RetryHoursMax says");
        builder.Services.TryAddSingleton<Random>();
        builder.Services.AddHostedService<MailSender>();
        builder.AddConsumer(Name, consumer => consumer
            .On<UserChanged, ContactBook>((contacts, message, _, cancellation) => contacts.LearnAsync(message, cancellation))
            .On<VideoProcessed, OutcomeNotifier>((notifier, message, _, cancellation) => notifier.TellAsync(message, cancellation))
            .On<VideoFailed, OutcomeNotifier>((notifier, message, _, cancellation) => notifier.TellAsync(message, cancellation)));
    }

    private static void AddLog(IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        if (builder.AddChecked<NotifyOptions>(NotifyOptions.Section).Store == NotificationStore.DynamoDb)
        {
            builder.AddDynamoDb(NotifyTables.All);
            services.AddSingleton<INotificationLog, DynamoNotificationLog>();
            return;
        }
        builder.AddDatabase<NotifyDb>(Name);
        services.TryAddSingleton(PostgresTime.Clock);
        services.TryAddSingleton<DatabaseClock>();
        services.AddSingleton<INotificationLog, EfNotificationLog>();
    }

    /// <inheritdoc/>
    public static void MapRoutes(IEndpointRouteBuilder routes) => MailRoutes.Map(routes);
}
