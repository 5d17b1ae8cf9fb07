using Amazon;
using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Data.DynamoDb;

/// <summary>Gives a module tables in DynamoDB.</summary>
public static class DynamoRegistration
{
    private const int SdkRetriesMax = 3;

    /// <summary>Registers the client once for the process and the module's tables, which are made or checked before any background work starts.</summary>
    public static void AddDynamoDb(this IHostApplicationBuilder builder, params IReadOnlyList<TableDesign> tables)
    {
        var first = builder.Services.All(service => service.ServiceType != typeof(IAmazonDynamoDB));
        var options = builder.AddChecked<DynamoDbOptions>(DynamoDbOptions.Section);
        foreach (var table in tables) builder.Services.AddSingleton(table);
        if (!first) return;
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<Random>();
        builder.Services.AddSingleton<IAmazonDynamoDB>(_ => ClientFor(options));
        builder.Services.AddSingleton(services => new DynamoTables(
            services.GetRequiredService<IAmazonDynamoDB>(), services.GetServices<TableDesign>(), options, services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<DynamoTables>>()));
        builder.Services.AddSingleton<DynamoStore>();
        builder.Services.AddSingleton(new ErrorMeaning(exception => exception is DynamoUnavailableException ? ErrorCatalogue.DatabaseUnavailable : null));
        builder.Services.AddHostedService<TablesAtStart>();
        builder.Services.AddConnectionTrial("dynamodb", (services, cancellation) => services.GetRequiredService<DynamoTables>().TryAsync(cancellation));
        builder.Services.AddHealthChecks().AddCheck<DynamoHealth>("dynamodb");
    }

    /// <summary>A client for these options.</summary>
    public static IAmazonDynamoDB ClientFor(DynamoDbOptions options)
    {
        var config = new AmazonDynamoDBConfig
        {
            Timeout = TimeSpan.FromSeconds(options.RequestTimeoutSeconds),
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = SdkRetriesMax,
            MaxStaleConnectionRetries = SdkRetriesMax,
        };
        if (options.Region.Length > 0) config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        if (options.Endpoint.Length > 0)
        {
            config.ServiceURL = options.Endpoint;
            if (options.Region.Length > 0) config.AuthenticationRegion = options.Region;
        }
        return string.IsNullOrEmpty(options.AccessKey)
            ? new AmazonDynamoDBClient(config)
            : new AmazonDynamoDBClient(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config);
    }
}
