using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Outbox;
using Fotograma.Messaging.Transport;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Messaging.Tests;

/// <summary>The registrations, put together as a module does it.</summary>
public sealed class MessagingRegistrationTests
{
    [Fact]
    public async Task Event_written_by_one_module_reaches_the_handler_of_another()
    {
        using var database = new StoryDatabase();
        var heard = new TaskCompletionSource<string>();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Data:Folder"] = database.Folder });
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<Ids>().AddSingleton<IDbContextFactory<StoryDb>>(database).AddSingleton(heard);
        builder.AddOutbox<StoryDb>("story");
        builder.AddConsumer("listeners", consumer => consumer.On<Told, TaskCompletionSource<string>>((said, told, _, _) =>
        {
            said.TrySetResult(told.Text);
            return Task.CompletedTask;
        }));
        builder.Services.ConfigurationFaults().ShouldBeEmpty();
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await using (var db = database.CreateDbContext())
        {
            host.Services.GetRequiredService<Outbox<StoryDb>>().Add(db, new Told("hello"));
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        host.Services.GetRequiredService<Outbox<StoryDb>>().Wake();
        (await heard.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).ShouldBe("hello");
        host.Services.GetRequiredService<ITransport>().Capabilities.Name.ShouldBe("embedded");
        await host.StopAsync(TestContext.Current.CancellationToken);
        await using var bus = new SqliteConnection($"Data Source={Path.Combine(database.Folder, "bus.db")}");
        SqliteConnection.ClearPool(bus);
    }

    [Theory]
    [InlineData("PollMilliseconds", "49")]
    [InlineData("RelayBatchEvents", "0")]
    [InlineData("DeliveriesMax", "101")]
    [InlineData("GiveUpMinutes", "4321")]
    [InlineData("RelayTurnSeconds", "0")]
    [InlineData("VisibilityTimeoutSeconds", "0")]
    [InlineData("Typo", "1")]
    public void Wrong_setting_is_reported(string key, string value)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { [$"Messaging:{key}"] = value });
        builder.AddMessaging();
        builder.Services.ConfigurationFaults().ShouldHaveSingleItem().ShouldContain(key);
    }
}
