using Fotograma.Data;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Messaging.Embedded;

internal static class EmbeddedRegistration
{
    public static void AddEmbeddedTransport(this IHostApplicationBuilder builder)
    {
        builder.AddDatabase<BusDb>(PostgresQueue.Module);
        if (builder.AddChecked<DatabaseOptions>(DatabaseOptions.Section).Provider == DatabaseProvider.Postgres) builder.Services.AddSingleton<EmbeddedQueue, PostgresQueue>();
        else builder.Services.AddSingleton<EmbeddedQueue, SqliteQueue>();
        builder.Services.AddSingleton<ITransport, EmbeddedTransport>();
    }
}
